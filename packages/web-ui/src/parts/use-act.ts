/** Runs one act at a time for a form: whether it is under way, and why the last one failed. */
import { useState } from "preact/hooks";

export interface Act {
  readonly isBusy: boolean;
  /** `null`: nothing failed. */
  readonly error: unknown;
  run(act: () => Promise<unknown>): Promise<boolean>;
  clear(): void;
}

export function useAct(): Act {
  const [state, setState] = useState<{ readonly isBusy: boolean; readonly error: unknown }>({
    isBusy: false,
    error: null,
  });
  return {
    ...state,
    async run(act) {
      if (state.isBusy) return false;
      setState({ isBusy: true, error: null });
      try {
        await act();
        setState({ isBusy: false, error: null });
        return true;
      } catch (error) {
        setState({ isBusy: false, error });
        return false;
      }
    },
    clear: () => setState({ isBusy: false, error: null }),
  };
}
