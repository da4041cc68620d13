/** What a person types or scans of recovery pages: one text a page, a second one where the first is one of three. A typing error is named by its group, while it is typed. */
import { findWrongGroups, partOfPage, PAGE_GROUPS, splitPageText } from "@latchkey/core/recovery/page-groups";
import { useState } from "preact/hooks";
import { useWords } from "../app/app-context.ts";
import { CameraField } from "./camera-field.tsx";
import { TextField } from "./field.tsx";
import { PictureField } from "./picture-field.tsx";

const isShare = (text: string): boolean => (partOfPage(text) ?? 0) > 0;
const isWhole = (text: string): boolean =>
  splitPageText(text).groups.length === PAGE_GROUPS && findWrongGroups(text).length === 0;

/** Whether every page that is needed is there, in good form. What it opens only its device can say. */
export function pagesAreTyped(pages: readonly string[]): boolean {
  const [first = ""] = pages;
  return pages.every(isWhole) && (!isShare(first) || pages.length === 2);
}

export function PageFields({
  pages,
  onPages,
  isTried,
}: {
  readonly pages: readonly string[];
  readonly onPages: (pages: readonly string[]) => void;
  readonly isTried: boolean;
}) {
  const { recovery } = useWords();
  const [first = "", second = ""] = pages;
  const change = (text: string, other: string): void => onPages(isShare(text) ? [text, other] : [text]);
  return (
    <>
      <PageField
        label={recovery.groups}
        value={first}
        onValue={(text) => change(text, second)}
        isTried={isTried}
      />
      {isShare(first) && (
        <PageField
          label={recovery.secondPage}
          value={second}
          onValue={(text) => onPages([first, text])}
          isTried={isTried}
        />
      )}
    </>
  );
}

function PageField({
  label,
  value,
  onValue,
  isTried,
}: {
  readonly label: string;
  readonly value: string;
  readonly onValue: (text: string) => void;
  readonly isTried: boolean;
}) {
  const { recovery } = useWords();
  const [picture, setPicture] = useState<File | null>(null);
  const [isUnread, setUnread] = useState(false);
  const wrong = findWrongGroups(value);

  async function read(file: File | null): Promise<void> {
    setPicture(file);
    setUnread(false);
    if (file === null) return;
    const { readPicture } = await import("../scan/read-code.ts");
    const text = await readPicture(file);
    setUnread(text === null);
    if (text !== null) onValue(text);
  }

  const problem = isUnread
    ? recovery.pictureUnread
    : wrong.length > 0
      ? recovery.wrongGroups(wrong.join(", "))
      : isTried && !isWhole(value)
        ? recovery.groupsMissing(splitPageText(value).groups.length)
        : null;
  return (
    <>
      <TextField
        label={label}
        hint={recovery.groupsHint}
        value={value}
        onValue={(text) => {
          setUnread(false);
          onValue(text);
        }}
        problem={problem}
      />
      <CameraField onText={onValue} />
      <PictureField label={recovery.choosePicture} picture={picture} onPicture={(file) => void read(file)} />
    </>
  );
}
