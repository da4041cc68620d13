/** Wine 8 knows no keep-alive on a socket that is not connected yet, which Node's WebSocket sets: there it is left out. */
import { Socket } from "node:net";

// oxlint-disable-next-line typescript/unbound-method
const { setKeepAlive } = Socket.prototype;
Socket.prototype.setKeepAlive = function (this: Socket, enable?: boolean, initialDelay?: number) {
  return this.connecting ? this : setKeepAlive.call(this, enable, initialDelay);
} as typeof setKeepAlive;
