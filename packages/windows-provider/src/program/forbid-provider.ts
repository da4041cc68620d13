/** The policy DisableProvider: Latchkey takes its registration back, registers no more, and serves no class. */
import { VaultError } from "@latchkey/core/errors";
import type { SystemProvider } from "@latchkey/desktop/host/system-provider";

export const makeForbidden = (): VaultError =>
  new VaultError("LK-POLICY-FORBIDDEN", "policy DisableProvider is set");

/** What it only shows stays: state, doctor, and the protector of a vault that is entrusted to Windows already. */
export function forbidProvider(system: SystemProvider): SystemProvider {
  const { registration } = system;
  return {
    ...system,
    async serve() {
      registration.remove();
      return async () => {};
    },
    registration: { ...registration, register: () => Promise.reject(makeForbidden()) },
  };
}
