/** What is still missing until nothing can be lost: a calm reminder until two durable copies exist, and of a page that is due for a test (experience.md § 5, R1 and R3). */
import { useApp, useWords } from "../app/app-context.ts";
import { addressOf } from "../app/route.ts";
import { Notice } from "../parts/notice.tsx";

export function CopiesNotice() {
  const { model, router } = useApp();
  const { list, recovery } = useWords();
  const page = model.facts.value?.recovery ?? null;
  const pageIsCopy = page !== null && page.testedAt !== null;
  const toPage = (text: string) => (
    <a class="button plain" href={addressOf({ screen: "recovery" })}>
      {text}
    </a>
  );
  if (model.devices.value.length === 1 && !pageIsCopy)
    return (
      <Notice tone="calm" icon="device" title={list.oneCopyTitle}>
        <p>{list.oneCopy}</p>
        <div class="actions">
          <button type="button" class="plain" onClick={() => router.go({ screen: "add-device" })}>
            {list.oneCopyNext}
          </button>
          {toPage(page === null ? recovery.remindMake : recovery.remindTest)}
        </div>
      </Notice>
    );
  if (page?.exposed === true)
    return (
      <Notice tone="warning" icon="warning" title={recovery.exposed}>
        <p>{recovery.exposedText}</p>
        {toPage(recovery.makeNew)}
      </Notice>
    );
  if (page?.testDue === true)
    return (
      <Notice tone="calm" icon="about" title={recovery.remindTitle}>
        <p>{page.testedAt === null ? recovery.untested : recovery.remindLong}</p>
        {toPage(recovery.remindTest)}
      </Notice>
    );
  return null;
}
