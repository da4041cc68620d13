/** A phone without a vault (experience.md § 7, U3 A): what it becomes, install first, then name and lock, then the code. */
import { useState } from "preact/hooks";
import { Icon } from "@latchkey/web-ui/parts/icon.tsx";
import { Notice } from "@latchkey/web-ui/parts/notice.tsx";
import { Door } from "@latchkey/web-ui/screens/door.tsx";
import { usePhone, usePhoneWords } from "../phone-context.ts";
import { AddPhone } from "./add-phone.tsx";

export function StartScreen() {
  const { installation, openedByCode } = usePhone();
  const { start, opened } = usePhoneWords();
  const [isBegun, setBegun] = useState(false);
  if (isBegun) return <AddPhone onBack={() => setBegun(false)} />;
  return (
    <Door key="start">
      <h1>{start.title}</h1>
      {openedByCode.value && (
        <Notice tone="warning" icon="phone" title={opened.title}>
          <p>{opened.text}</p>
        </Notice>
      )}
      <p class="lead">{start.lead}</p>
      <p class="hint">{start.honest}</p>
      {!installation.isInstalled && <InstallFirst />}
      {!installation.mustInstall && (
        <button type="button" class="primary wide" onClick={() => setBegun(true)}>
          <Icon name="plus" />
          {start.begin}
        </button>
      )}
      <p class="hint">{start.cleared}</p>
    </Door>
  );
}

function InstallFirst() {
  const { installation } = usePhone();
  const { install } = usePhoneWords();
  const prompt = installation.prompt.value;
  return (
    <Notice tone="calm" icon="phone" title={install.title}>
      <p>{install.why}</p>
      {prompt === null ? (
        <p>{installation.mustInstall ? install.ios : install.other}</p>
      ) : (
        <button type="button" class="plain" onClick={prompt}>
          {install.button}
        </button>
      )}
    </Notice>
  );
}
