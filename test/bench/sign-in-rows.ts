/** Rows 1 to 3: a sign-in in a fresh process, one with the passphrase, and one in a process that runs already. */
import { argon2, createPrivateKey, generateKeyPairSync, randomBytes, sign } from "node:crypto";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { NEVER_CANCELLED } from "@latchkey/core/authenticator/cancellation";
import { createCtapSession } from "@latchkey/desktop/host/ctap-session";
import { SHIPPED_COST } from "@latchkey/device-host/key-protection/argon2-node";
import {
  type BenchVault,
  copyVault,
  fail,
  openHost,
  PASSPHRASE,
  PASSKEYS,
  releaseKeys,
} from "./bench-vault.ts";
import { checkAnswer, GET_ASSERTION } from "./ctap-messages.ts";
import { alternate, type Bench, type Figure, median, time } from "./measure.ts";
import { joinKeys } from "./released-keys.ts";
import { timeToAnswer, timeToExit } from "./time-process.ts";

const COLD_ROUNDS = 21;
/** Each takes as long as four runs of Argon2id. */
const PASSPHRASE_ROUNDS = 7;
const WARM_ROUNDS = 11;
const WARM_BATCH = 1_000;

export async function measureSignIns(bench: Bench, vault: BenchVault): Promise<Figure[]> {
  bench.progress(`cold sign-in, ${COLD_ROUNDS} rounds`);
  const cold = await measureCold(bench, vault);
  bench.progress(`sign-in with the passphrase, ${PASSPHRASE_ROUNDS} rounds`);
  const passphrase = await measurePassphrase(bench, vault, cold.ours);
  bench.progress(`warm sign-in, ${WARM_ROUNDS} rounds of ${WARM_BATCH}`);
  return [cold, passphrase, await measureWarm(vault)];
}

async function measureCold(bench: Bench, vault: BenchVault): Promise<Figure> {
  const program = fileURLToPath(new URL("cold-sign-in.js", import.meta.url));
  const signIn = {
    args: [program, vault.path, join(bench.folder, "compiled")],
    secret: joinKeys(vault.keys),
    request: GET_ASSERTION,
    check: checkAnswer,
  };
  const { ours, bare } = await alternate(COLD_ROUNDS, {
    ours: () => timeToAnswer(signIn),
    bare: () => timeToExit(["-e", "0"]),
  });
  return {
    what: `cold sign-in, ${PASSKEYS} passkeys, tiers released`,
    unit: "ms",
    ours: median(ours),
    floor: { name: "node -e 0", value: median(bare) },
    target: { times: 3 },
  };
}

async function measurePassphrase(bench: Bench, vault: BenchVault, cold: number): Promise<Figure> {
  const program = fileURLToPath(new URL("../../packages/desktop/bin/latchkey.js", import.meta.url));
  const signIn = {
    args: [program, "ctap", "--vault", vault.path, "--passphrase-fd", "3"],
    env: { XDG_CACHE_HOME: bench.folder, LOCALAPPDATA: bench.folder },
    secret: Buffer.from(`${PASSPHRASE}\n`),
    request: GET_ASSERTION,
    check: checkAnswer,
  };
  const { ours, bare } = await alternate(PASSPHRASE_ROUNDS, {
    ours: () => timeToAnswer(signIn),
    bare: () => time(() => Promise.all([runArgon2(), runArgon2()])),
  });
  return {
    what: `sign-in with the passphrase, ${PASSKEYS} passkeys`,
    unit: "ms",
    ours: median(ours),
    floor: { name: "two Argon2id runs + row 1", value: median(bare) + cold },
    target: { times: 1.15 },
  };
}

/** Argon2id with the parameters that ship, and nothing around it. */
function runArgon2(): Promise<void> {
  const { memoryKiB: memory, passes, parallelism } = SHIPPED_COST;
  const parameters = {
    message: PASSPHRASE,
    nonce: randomBytes(16),
    memory,
    passes,
    parallelism,
    tagLength: 32,
  };
  return new Promise((resolve, reject) => {
    argon2("argon2id", parameters, (error) => (error === null ? resolve() : reject(error)));
  });
}

async function measureWarm(vault: BenchVault): Promise<Figure> {
  const { path, keys } = copyVault(vault, "warm");
  const host = openHost(path);
  const session = createCtapSession(host, releaseKeys(keys), fail);
  const pkcs8 = generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey.export({
    format: "der",
    type: "pkcs8",
  });
  const message = randomBytes(69);
  try {
    const { ours, bare } = await alternate(WARM_ROUNDS, {
      ours: () =>
        time(async () => {
          for (let i = 0; i < WARM_BATCH; i++) {
            checkAnswer(await session.handle(GET_ASSERTION, NEVER_CANCELLED));
          }
        }),
      bare: () =>
        time(() => {
          for (let i = 0; i < WARM_BATCH; i++) {
            sign("sha256", message, createPrivateKey({ key: pkcs8, format: "der", type: "pkcs8" }));
          }
        }),
    });
    return {
      what: "warm getAssertion, request to response",
      unit: "ms",
      ours: median(ours) / WARM_BATCH,
      floor: { name: "import PKCS#8 + sign", value: median(bare) / WARM_BATCH },
      target: { times: 2.5 },
    };
  } finally {
    session.end();
    await host.close();
  }
}
