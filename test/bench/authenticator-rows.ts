/**
 * The authenticator by itself: a warm getAssertion in vaults of three sizes, against importing the key and signing and against a key
 * that lies ready; makeCredential per algorithm against the bare key; the start of `latchkey ctap --ephemeral` against bare node.
 */
import {
  createPrivateKey,
  generateKeyPair,
  generateKeyPairSync,
  type KeyObject,
  randomBytes,
  sign,
} from "node:crypto";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { NEVER_CANCELLED } from "@latchkey/core/authenticator/cancellation";
import { COMMAND } from "@latchkey/core/authenticator/ctap-request";
import { sealSignInRow } from "@latchkey/core/device/sign-in-index";
import type { CoseAlgorithm } from "@latchkey/core/ports";
import { createEphemeralAuthenticator } from "@latchkey/desktop/ctap/ephemeral";
import { createCtapSession } from "@latchkey/desktop/host/ctap-session";
import type { VaultHost } from "@latchkey/desktop/host/vault-host";
import { type BenchVault, copyVault, fail, openHost, PASSKEYS, releaseKeys } from "./bench-vault.ts";
import { checkAnswer, encodeMakeCredential, GET_ASSERTION, MAKE_CREDENTIAL } from "./ctap-messages.ts";
import { makeRecord, makeVault, siteOf } from "./made-vault.ts";
import { alternate, type Bench, type Figure, median, time } from "./measure.ts";
import { createReleasedProtector, noteKeys } from "./released-keys.ts";
import { timeToAnswer, timeToExit } from "./time-process.ts";

const WARM_ROUNDS = 15;
const WARM_BATCH = 400;
const MANY = 100_000;
/** Rows that are written in one transaction while the large index is made. */
const ROWS_A_COMMIT = 2_000;
/** How much slower the largest vault may be than the smallest. */
const FLAT = 1.2;
const CREATE_ROUNDS = 11;
const START_ROUNDS = 21;

export async function measureAuthenticator(bench: Bench, vault: BenchVault): Promise<Figure[]> {
  return [...(await measureWarm(bench, vault)), ...(await measureCreation(bench)), await measureStart(bench)];
}

async function measureWarm(bench: Bench, vault: BenchVault): Promise<Figure[]> {
  bench.progress(`an index of ${MANY} sites`);
  const smallest = await makeSmallestVault(bench);
  const large = await openWarm(copyVault(vault, "many"), writeManySites);
  const hosts = { one: await openWarm(smallest), thousand: await openWarm(copyVault(vault, "warm")), large };
  const key = generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey;
  const pkcs8 = key.export({ format: "der", type: "pkcs8" });
  const importKey = () => createPrivateKey({ key: pkcs8, format: "der", type: "pkcs8" });
  bench.progress(`warm getAssertion in three vaults, ${WARM_ROUNDS} rounds of ${WARM_BATCH}`);
  try {
    const times = await alternate(WARM_ROUNDS, {
      one: hosts.one.timeBatch,
      thousand: hosts.thousand.timeBatch,
      large: hosts.large.timeBatch,
      imported: () => timeSignatures(importKey),
      ready: () => timeSignatures(() => key),
    });
    const each = (side: keyof typeof times) => median(times[side]) / WARM_BATCH;
    const one = each("one");
    const flat = (what: string, ours: number): Figure => ({
      what,
      unit: "ms",
      ours,
      floor: { name: "the same with 1", value: one },
      target: { times: FLAT },
    });
    return [
      {
        what: "warm getAssertion, 1 passkey",
        unit: "ms",
        ours: one,
        floor: { name: "import PKCS#8 + sign", value: each("imported") },
        target: { times: 2.5 },
      },
      flat(`warm getAssertion, ${PASSKEYS.toLocaleString("en")} passkeys`, each("thousand")),
      flat(`warm getAssertion, ${MANY.toLocaleString("en")} passkeys`, each("large")),
      {
        what: "warm getAssertion against a cached key",
        unit: "ms",
        ours: one,
        floor: { name: "sign", value: each("ready") },
        target: null,
      },
    ];
  } finally {
    for (const host of Object.values(hosts)) await host.close();
  }
}

async function timeSignatures(openKey: () => KeyObject): Promise<number> {
  const message = randomBytes(69);
  return time(() => {
    for (let i = 0; i < WARM_BATCH; i++) sign("sha256", message, openKey());
  });
}

/** A vault that holds the passkey of the bench's own site and nothing else. */
async function makeSmallestVault(bench: Bench): Promise<BenchVault> {
  const path = join(bench.folder, "smallest.latchkey");
  const protector = noteKeys(
    createReleasedProtector({ metadata: randomBytes(32), signing: randomBytes(32) }),
  );
  await makeVault(path, 0, protector);
  const vault = { path, keys: protector.keys() };
  const host = openHost(path);
  const session = createCtapSession(host, releaseKeys(vault.keys), fail);
  checkAnswer(await session.handle(MAKE_CREDENTIAL, NEVER_CANCELLED));
  session.end();
  await host.close();
  return vault;
}

async function openWarm(
  { path, keys }: BenchVault,
  prepare: (host: VaultHost) => Promise<void> = async () => {},
) {
  const host = openHost(path);
  await host.unlock(releaseKeys(keys));
  await prepare(host);
  const session = createCtapSession(host, releaseKeys(keys), fail);
  return {
    timeBatch: () =>
      time(async () => {
        for (let i = 0; i < WARM_BATCH; i++)
          checkAnswer(await session.handle(GET_ASSERTION, NEVER_CANCELLED));
      }),
    async close() {
      session.end();
      await host.close();
    },
  };
}

/** Fills the sign-in index beside the document: it is all of a vault that a warm sign-in reads, whatever its size. */
async function writeManySites({ deps, opened }: VaultHost): Promise<void> {
  const names = { name: "person", displayName: null, title: null };
  const { publicKey } = await deps.crypto.makeKeyPair(-7);
  for (let from = 0; from < MANY; from += ROWS_A_COMMIT) {
    const rows = Array.from({ length: ROWS_A_COMMIT }, (_, i) => {
      const record = makeRecord(PASSKEYS + from + i, publicKey);
      return sealSignInRow(opened.rows, siteOf(PASSKEYS + from + i), [{ record, ...names }]);
    });
    await deps.store.commit(rows);
  }
}

const ALGORITHMS: readonly {
  readonly name: string;
  readonly algorithm: CoseAlgorithm;
  readonly batch: number;
  readonly makeKey: () => unknown;
}[] = [
  {
    name: "ES256",
    algorithm: -7,
    batch: 200,
    makeKey: () => generateKeyPairSync("ec", { namedCurve: "P-256" }),
  },
  { name: "EdDSA", algorithm: -8, batch: 200, makeKey: () => generateKeyPairSync("ed25519") },
  {
    name: "ES384",
    algorithm: -35,
    batch: 100,
    makeKey: () => generateKeyPairSync("ec", { namedCurve: "P-384" }),
  },
  // What two primes take is a matter of luck: many of them, for the lucky and the unlucky to meet.
  { name: "RS256", algorithm: -257, batch: 8, makeKey: () => generateRsa("rsa", { modulusLength: 2048 }) },
];
const generateRsa = promisify(generateKeyPair);

async function measureCreation(bench: Bench): Promise<Figure[]> {
  const figures: Figure[] = [];
  for (const { name, algorithm, batch, makeKey } of ALGORITHMS) {
    bench.progress(`makeCredential ${name}, ${CREATE_ROUNDS} rounds of ${batch}`);
    const authenticator = createEphemeralAuthenticator({ person: "approve", reportFault: fail });
    const request = encodeMakeCredential(algorithm);
    const { ours, bare } = await alternate(CREATE_ROUNDS, {
      ours: () =>
        time(async () => {
          for (let i = 0; i < batch; i++) checkAnswer(await authenticator.handle(request));
        }),
      bare: () =>
        time(async () => {
          for (let i = 0; i < batch; i++) await makeKey();
        }),
    });
    figures.push({
      what: `makeCredential ${name}, in memory`,
      unit: "ms",
      ours: median(ours) / batch,
      floor: { name: "the key pair alone", value: median(bare) / batch },
      target: null,
    });
  }
  return figures;
}

async function measureStart(bench: Bench): Promise<Figure> {
  bench.progress(`latchkey ctap --ephemeral, ${START_ROUNDS} rounds`);
  const program = fileURLToPath(new URL("../../packages/desktop/bin/latchkey.js", import.meta.url));
  const start = {
    args: [program, "ctap", "--ephemeral"],
    env: { XDG_CACHE_HOME: bench.folder, LOCALAPPDATA: bench.folder },
    secret: new Uint8Array(),
    request: Uint8Array.of(COMMAND.getInfo),
    check: checkAnswer,
  };
  const { ours, bare } = await alternate(START_ROUNDS, {
    ours: () => timeToAnswer(start),
    bare: () => timeToExit(["-e", "0"]),
  });
  return {
    what: "latchkey ctap --ephemeral, start to getInfo",
    unit: "ms",
    ours: median(ours),
    floor: { name: "node -e 0", value: median(bare) },
    target: null,
  };
}
