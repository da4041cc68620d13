/** What the shell loads when it is on the screen: the one way from the light part of the app to the heavy one. */
export { joinWithPhone } from "./join.ts";
export { startPhoneHost } from "./phone-host.ts";
export { readAddDoor } from "./read-add-door.ts";
export { callPhoneMethod, PHONE_METHODS, suggestPassphrase } from "./phone-methods.ts";
