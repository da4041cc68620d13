/** What an import and an export say of single passkeys, in English: one sentence for each reason, assumption and loss. */
import type { LeftOut, Loss } from "./export-item.ts";
import type { Assumed, Outcome, Reason } from "./report.ts";

export interface ExchangeTexts {
  readonly outcomes: Readonly<Record<Outcome, string>>;
  readonly reasons: Readonly<Record<Reason, string>>;
  readonly assumed: Readonly<Record<Assumed, string>>;
  readonly losses: Readonly<Record<Loss, string>>;
  readonly leftOut: Readonly<Record<LeftOut, string>>;
}

export const EXCHANGE_TEXTS_EN: ExchangeTexts = {
  outcomes: {
    cannot: "cannot come in",
    differs: "here, and different",
    new: "new",
    "already-here": "already here",
    skipped: "left out",
  },
  reasons: {
    "timestamp-implausible": "its date cannot be right, so it has none",
    "counter-nonzero":
      "the site has counted sign-ins: it may refuse one from here; if so, make a new passkey there",
    "counter-unreadable": "its count of sign-ins cannot be read",
    "prf-single-seed": "it has one secret for encryption; sites that ask without verification get a new one",
    "prf-length-unusual": "its secret for encryption has an unusual length",
    "prf-algorithm-unknown": "its secret for encryption is kept, and cannot be used here",
    "large-blob-uncompressed": "the site's data with it was not compressed as it should be",
    "large-blob-unreadable": "the site's data with it cannot be read; it is kept as it is",
    "cred-blob-unusual": "the site's short data with it is too long to be given out; it is kept",
    "no-user-handle": "it names no account, so the site has to ask for the name first",
    "source-label-wrong": "the file names another kind of key than it is",
    "unknown-members-kept": "the file says more of it than is known here; that is kept",
    "members-too-large": "the file says more of it than fits; a part of that stays in the file alone",
    "text-shortened": "a name is too long and is shown shortened; the whole one is kept",
    "same-account-exists": "there is another passkey of this account here",
    "back-from-trash": "it lies in the trash here and comes back",
    "names-differ": "its names are others here; nothing is changed",
    "flags-differ": "what sites are told of its copies is different here; nothing is changed",
    "key-unreadable": "its private key cannot be read",
    "key-inconsistent": "its private key does not match its public key",
    "algorithm-unsupported": "its key is of a kind that cannot sign here",
    "key-mismatch": "another key has the same name at this site",
    "credential-id-clash": "another site's passkey has the same id",
    "credential-id-invalid": "its id is missing or malformed",
    "rp-id-invalid": "its site is not the name of a site",
    "user-handle-too-long": "its account is longer than allowed",
    "flags-invalid": "it says that it has copies and may have none",
    "field-missing": "the file lacks its key, its id or its site",
    "layout-unknown": "it is laid out in an unknown way",
    "erased-for-good": "it was erased for good from this vault",
    "duplicate-in-file": "it is there more than once",
    "source-trash": "it was in the trash there",
    "not-selected": "not chosen",
  },
  assumed: {
    be: "may have copies",
    bs: "has copies",
    createdAt: "no date",
    discoverable: "found without a name",
    userDisplayName: "display name as the name",
    userName: "no name",
  },
  losses: {
    "display-name": "its display name",
    flags: "that it is not copied",
    "not-discoverable": "that it is only found by name",
    protection: "how well it is protected",
    prf: "its secrets for encryption: what a site has encrypted with them cannot be opened there",
    "cred-blob": "the site's short data with it",
    "large-blob": "the site's data with it",
    note: "your note",
    tags: "your tags",
    favourite: "that it is a favourite",
    title: "its title",
    created: "its date",
  },
  leftOut: {
    "algorithm-unsupported": "its kind of key does not sign in that program",
    "no-user-handle": "that program takes none without an account",
    "prf-lost": "it would lose its secrets for encryption",
  },
};
