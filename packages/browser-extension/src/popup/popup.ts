/** The popup and options page: whether Latchkey answers the websites of this browser, why not, what to do, and the switch. */
import { api } from "../chrome-api.ts";
import type { PopupWish } from "../popup-message.ts";
import type { Standing } from "../host-message.ts";

const text = (name: string): string => api.i18n.getMessage(name.replaceAll("-", "_"));

function find(id: string): HTMLElement {
  const element = document.querySelector<HTMLElement>(`#${id}`);
  if (element === null) throw new Error(`page has no ${id}`);
  return element;
}

const [switcher, aside, look] = [find("switch"), find("aside"), find("look")];

function show(standing: Standing): void {
  const isOn = standing === "answering";
  find("state").textContent = text(`standing_${standing}`);
  find("next").textContent = text(`next_${standing}`);
  switcher.textContent = text(standing === "off" ? "switch_on" : "switch_off");
  switcher.classList.toggle("primary", standing === "off");
  switcher.dataset["wish"] = standing === "off" ? "on" : "off";
  switcher.hidden = false;
  aside.textContent = text("step_aside");
  aside.hidden = !isOn;
  look.textContent = text(standing === "aside" ? "switch_on" : "look_again");
  look.dataset["wish"] = standing === "aside" ? "on" : "look";
  look.hidden = isOn || standing === "off";
}

async function ask(wish: PopupWish): Promise<void> {
  show((await api.runtime.sendMessage({ wish })) as Standing);
}

for (const button of [switcher, aside, look])
  button.addEventListener("click", () => void ask((button.dataset["wish"] ?? "aside") as PopupWish));
document.documentElement.lang = text("language");
find("note").textContent = text("note");
void ask("look");
