/**
 * What can be measured of a screen's accessibility (experience.md § 13), in the page as it is drawn and in Chromium's own accessibility tree:
 * names, headings, references, contrast, sizes of targets, reflow. Each finding is a sentence; none is the aim.
 */
import type { Page } from "playwright-core";

/** WCAG 2.2: 1.4.3, 1.4.11, 2.5.8. */
const TEXT_CONTRAST = 4.5;
const LARGE_CONTRAST = 3;
const PART_CONTRAST = 3;
const TARGET_PIXELS = 24;

/** Roles that a person acts on: each wants a name. */
const ACTED_ON = new Set([
  "button",
  "checkbox",
  "combobox",
  "dialog",
  "link",
  "radio",
  "searchbox",
  "textbox",
  "DisclosureTriangle",
]);

interface AxNode {
  readonly ignored: boolean;
  readonly role?: { readonly value: string };
  readonly name?: { readonly value: string };
}

export async function auditPage(page: Page): Promise<string[]> {
  const limits = { TEXT_CONTRAST, LARGE_CONTRAST, PART_CONTRAST, TARGET_PIXELS };
  return [...(await auditTree(page)), ...(await page.evaluate(auditDrawing, limits))];
}

async function auditTree(page: Page): Promise<string[]> {
  const session = await page.context().newCDPSession(page);
  const { nodes } = (await session.send("Accessibility.getFullAXTree")) as {
    readonly nodes: readonly AxNode[];
  };
  await session.detach();
  const shown = nodes.filter(({ ignored }) => !ignored);
  const count = (role: string): number => shown.filter((node) => node.role?.value === role).length;
  return [
    ...shown
      .filter(({ role, name }) => ACTED_ON.has(role?.value ?? "") && (name?.value ?? "").trim() === "")
      .map(({ role }) => `a ${role?.value} has no name`),
    // Behind a dialog everything is inert.
    ...(count("main") === 1 || count("dialog") === 1 ? [] : [`there are ${count("main")} main landmarks`]),
  ];
}

/** Runs in the page. */
function auditDrawing(limits: {
  readonly TEXT_CONTRAST: number;
  readonly LARGE_CONTRAST: number;
  readonly PART_CONTRAST: number;
  readonly TARGET_PIXELS: number;
}): string[] {
  type Colour = readonly [red: number, green: number, blue: number, alpha: number];
  const problems: string[] = [];
  const pen = Object.assign(document.createElement("canvas"), { width: 1, height: 1 }).getContext("2d", {
    willReadFrequently: true,
  }) as CanvasRenderingContext2D;

  function readColour(css: string): Colour {
    pen.clearRect(0, 0, 1, 1);
    pen.fillStyle = css;
    pen.fillRect(0, 0, 1, 1);
    const [red = 0, green = 0, blue = 0, alpha = 0] = pen.getImageData(0, 0, 1, 1).data;
    return [red, green, blue, alpha / 255];
  }
  const over = (top: Colour, below: Colour): Colour => {
    const mix = (i: 0 | 1 | 2): number => top[i] * top[3] + below[i] * (1 - top[3]);
    return [mix(0), mix(1), mix(2), 1];
  };
  /** What is behind the text of an element. */
  function behind(element: Element | null): Colour {
    if (element === null) return readColour(getComputedStyle(document.documentElement).backgroundColor);
    const own = readColour(getComputedStyle(element).backgroundColor);
    return own[3] === 1 ? own : over(own, behind(element.parentElement));
  }
  const luminance = (colour: Colour): number => {
    const [red, green, blue] = [colour[0], colour[1], colour[2]].map((value) => {
      const part = value / 255;
      return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
    }) as [number, number, number];
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  function contrast(a: Colour, b: Colour): number {
    const [light, dark] = [luminance(a), luminance(b)].sort((x, y) => y - x) as [number, number];
    return (light + 0.05) / (dark + 0.05);
  }
  const isSeen = (element: Element): boolean =>
    element.checkVisibility({ visibilityProperty: true, opacityProperty: true }) &&
    element.getBoundingClientRect().width > 1 &&
    getComputedStyle(element).clipPath === "none";
  const nameOf = (element: Element): string =>
    `${element.localName}${element.className === "" ? "" : `.${element.className}`} “${(element.textContent ?? "").trim().slice(0, 30)}”`;

  // 1.4.3: text against what is behind it.
  for (const element of document.body.querySelectorAll("*")) {
    const hasText = [...element.childNodes].some(
      (node) => node.nodeType === Node.TEXT_NODE && (node.textContent ?? "").trim() !== "",
    );
    if (!hasText || !isSeen(element)) continue;
    const style = getComputedStyle(element);
    const size = Number.parseFloat(style.fontSize);
    const isLarge = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700);
    const wanted = isLarge ? limits.LARGE_CONTRAST : limits.TEXT_CONTRAST;
    const back = behind(element);
    const found = contrast(over(readColour(style.color), back), back);
    if (found < wanted)
      problems.push(`${nameOf(element)} has a contrast of ${found.toFixed(2)}, wanted ${wanted}`);
  }

  // 1.4.11: the edge of what one types into, against what is around it.
  for (const field of document.querySelectorAll("input:not([type=file]), textarea, select")) {
    if (!isSeen(field) || field.matches("[type=checkbox], [type=radio]")) continue;
    const edge = contrast(readColour(getComputedStyle(field).borderTopColor), behind(field.parentElement));
    if (edge < limits.PART_CONTRAST) problems.push(`${nameOf(field)} has an edge of ${edge.toFixed(2)}`);
  }

  // 2.5.8: targets that are not in a line of text.
  for (const target of document.querySelectorAll("button, a[href], input, select, textarea, summary")) {
    if (!isSeen(target) || target.closest("label") !== null) continue;
    if (getComputedStyle(target).display === "inline") continue;
    const { width, height } = target.getBoundingClientRect();
    if (Math.min(width, height) < limits.TARGET_PIXELS)
      problems.push(`${nameOf(target)} is ${Math.round(width)} × ${Math.round(height)} pixels`);
  }

  // 1.3.1: one heading of the highest level, and none left out below it.
  const levels = [...document.querySelectorAll("h1, h2, h3, h4")]
    .filter(isSeen)
    .map((heading) => Number(heading.localName.slice(1)));
  if (levels.filter((level) => level === 1).length !== 1) problems.push(`headings are ${levels.join(" ")}`);
  for (const [i, level] of levels.entries())
    if (level > (levels[i - 1] ?? 0) + 1) problems.push(`a heading of level ${level} comes too deep`);

  // 4.1.1 and 4.1.2: what is referred to is there, once.
  const ids = [...document.querySelectorAll("[id]")].map(({ id }) => id);
  for (const id of new Set(ids.filter((each, i) => ids.indexOf(each) !== i)))
    problems.push(`id ${id} stands twice`);
  for (const element of document.querySelectorAll("[aria-describedby], [aria-labelledby], label[for]")) {
    const named = ["aria-describedby", "aria-labelledby", "for"].flatMap(
      (name) => element.getAttribute(name)?.split(/\s+/) ?? [],
    );
    for (const id of named)
      if (!ids.includes(id)) problems.push(`${nameOf(element)} refers to ${id}, which is not there`);
  }

  // 3.1.1 and 1.4.10.
  if (!/^(?:en|de|en-XA|ar-XB)$/.test(document.documentElement.lang))
    problems.push("the page has no language");
  const beyond = document.documentElement.scrollWidth - innerWidth;
  if (beyond > 0) problems.push(`the page is ${beyond} pixels wider than the window`);
  return problems;
}
