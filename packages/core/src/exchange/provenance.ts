/**
 * What the file that a passkey came from said of it and no other place of the vault holds: kept beside the record, sealed, so that an export gives
 * it on and nothing is lost. JSON, bytes in base64url; absent members were not in the file.
 */
import { decodeBase64url, decodeUtf8, encodeBase64url, encodeUtf8 } from "../bytes/text.ts";
import { MAX_OPAQUE_BYTES } from "../vault/schema.ts";
import type { JsonMembers } from "./draft.ts";
import { booleanOf, isMembers, listOf, memberOf, textOf } from "./json-file.ts";

/** Less what the seal adds. */
const MAX_BYTES = MAX_OPAQUE_BYTES - 64;

export interface Provenance {
  readonly format: string;
  readonly exporter?: string;
  readonly counter?: number;
  /** The file had no date: the vault's record has the day of the import. */
  readonly undated?: true;
  readonly rpName?: string;
  readonly aaguid?: string;
  readonly payments?: boolean;
  readonly urls?: readonly string[];
  /** PRF seeds that are not two of 32 bytes, or for another algorithm. */
  readonly prf?: { readonly isKnown: boolean; readonly withUv: string; readonly withoutUv: string | null };
  readonly credBlob?: string;
  readonly largeBlob?: { readonly data: string; readonly size: number | null };
  /** Texts that are longer than the vault shows. */
  readonly texts?: Readonly<Record<string, string>>;
  readonly tags?: readonly string[];
  /** Members that this version does not know, as they stood there. */
  readonly unknown?: JsonMembers;
}

/** In the order in which they are given up where all is more than the vault holds. */
const HEAVY = ["unknown", "largeBlob", "credBlob", "urls", "tags", "texts", "prf"] as const;

/** The bytes, and whether something had to be left out. */
export function encodeProvenance(provenance: Provenance): { bytes: Uint8Array; isCut: boolean } {
  let kept = provenance;
  let bytes = encodeUtf8(JSON.stringify(kept));
  for (const name of HEAVY) {
    if (bytes.length <= MAX_BYTES) break;
    const { [name]: _, ...rest } = kept;
    kept = rest;
    bytes = encodeUtf8(JSON.stringify(kept));
  }
  return { bytes, isCut: kept !== provenance };
}

/** What this version can read of it: all that it wrote itself. */
export function decodeProvenance(bytes: Uint8Array): Provenance {
  const value: unknown = JSON.parse(decodeUtf8(bytes));
  const text = (name: string) => optional(name, textOf(value, name));
  const counter = memberOf(value, "counter");
  const prf = memberOf(value, "prf");
  const largeBlob = memberOf(value, "largeBlob");
  const size = memberOf(largeBlob, "size");
  const texts = memberOf(value, "texts");
  const unknown = memberOf(value, "unknown");
  const texted = (name: string): string[] => listOf(value, name).filter((each) => typeof each === "string");
  return {
    format: textOf(value, "format") ?? "unknown",
    ...text("exporter"),
    ...text("rpName"),
    ...text("aaguid"),
    ...text("credBlob"),
    ...(typeof counter === "number" ? { counter } : {}),
    ...(booleanOf(value, "undated") === true ? { undated: true as const } : {}),
    ...optional("payments", booleanOf(value, "payments")),
    ...(texted("urls").length > 0 ? { urls: texted("urls") } : {}),
    ...(texted("tags").length > 0 ? { tags: texted("tags") } : {}),
    ...(isMembers(texts) ? { texts: texts as Readonly<Record<string, string>> } : {}),
    ...(isMembers(unknown) ? { unknown } : {}),
    ...(isMembers(prf)
      ? {
          prf: {
            isKnown: booleanOf(prf, "isKnown") ?? false,
            withUv: textOf(prf, "withUv") ?? "",
            withoutUv: textOf(prf, "withoutUv"),
          },
        }
      : {}),
    ...(isMembers(largeBlob)
      ? { largeBlob: { data: textOf(largeBlob, "data") ?? "", size: typeof size === "number" ? size : null } }
      : {}),
  };
}

const optional = <N extends string, T>(name: N, value: T | null): { [K in N]?: T } =>
  value === null ? {} : ({ [name]: value } as { [K in N]?: T });

export const encodeKept = (bytes: Uint8Array): string => encodeBase64url(bytes);
export const decodeKept = (text: string): Uint8Array => decodeBase64url(text) ?? new Uint8Array(0);
