/**
 * The extension's worker: ties the browser's requests (`chrome.webAuthenticationProxy`), the native messaging host and the popup together.
 * The browser may end it at any time and start it again for the next event, so all listeners are there from the first moment and nothing
 * but a request under way is kept in memory. No page is ever touched.
 */
import { api } from "./chrome-api.ts";
import { createHostPort } from "./host-port.ts";
import { createRequests } from "./requests.ts";
import type { Standing } from "./host-message.ts";
import { createStandingKeeper } from "./standing.ts";
import { readPopupWish } from "./popup-message.ts";

const host = createHostPort({
  message: (message) => requests.receive(message),
  gone() {
    requests.failAll();
    // Killed or crashed: started again once; if that fails, the browser's own ways take over.
    if (keeper.standing === "answering") void keeper.settle();
  },
});
const keeper = createStandingKeeper(host, show);
const requests = createRequests(host, keeper);

function show(standing: Standing): void {
  const isQuiet = standing === "answering" || standing === "off" || standing === "system-provider";
  void api.action.setBadgeText({ text: isQuiet ? "" : standing === "aside" ? "…" : "!" });
  void api.action.setTitle({ title: api.i18n.getMessage(`standing_${standing.replaceAll("-", "_")}`) });
}

const { webAuthenticationProxy, runtime, windows } = api;
webAuthenticationProxy.onCreateRequest.addListener((request) => requests.begin("create", request));
webAuthenticationProxy.onGetRequest.addListener((request) => requests.begin("get", request));
webAuthenticationProxy.onRequestCanceled.addListener((id) => requests.cancel(id));
webAuthenticationProxy.onIsUvpaaRequest.addListener(async ({ requestId }) => {
  const standing = keeper.standing === "answering" ? "answering" : await keeper.settle();
  await webAuthenticationProxy.completeIsUvpaaRequest({ requestId, isUvpaa: standing === "answering" });
});
windows.onRemoved.addListener((window) => requests.closeWindow(window));
// Being there is what makes the browser start the worker.
runtime.onStartup.addListener(() => {});
runtime.onInstalled.addListener(() => {});
runtime.onMessage.addListener((message, sender, answer) => {
  const wish = sender.id === runtime.id ? readPopupWish(message) : null;
  if (wish === null) return false;
  const settled =
    wish === "look" ? keeper.settle() : wish === "aside" ? keeper.stepAside() : keeper.switch(wish === "on");
  void settled.then(answer);
  return true;
});

void keeper.settle();
