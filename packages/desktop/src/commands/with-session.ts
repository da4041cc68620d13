/** Runs a command's work on a session with the vault and closes the session whatever happens. */
import type { CommandContext } from "../cli/context.ts";
import { openSession, type Session, type SessionOptions } from "../host/session.ts";

/** Throws what opening a session and `act` throw. */
export async function withSession<T>(
  context: CommandContext,
  act: (session: Session) => Promise<T>,
  options: SessionOptions = {},
): Promise<T> {
  const session = await openSession(context, options);
  try {
    return await act(session);
  } finally {
    await session.close();
  }
}
