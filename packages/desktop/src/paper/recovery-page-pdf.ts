/**
 * The recovery page on paper (experience.md § 7, U8): two codes of level H, the same as ten numbered groups, what it opens, how, what else is needed, and
 * lines to fill in. Three pages for a secret in three shares.
 */
import { PAGE_WORDS_DE, PAGE_WORDS_EN } from "@latchkey/core/words/page-words";
import { encodePageQr } from "../qr/render-qr.ts";
import { createPdf, PAGE_WIDTH, type PdfPage } from "./pdf.ts";

export const PAPER_LANGUAGES = ["en", "de"] as const;
export type PaperLanguage = (typeof PAPER_LANGUAGES)[number];

/** One sheet: what `recovery.create` gives. */
export interface Paper {
  /** 0: the whole secret; 1 to 3: one of three shares. */
  readonly part: number;
  readonly groups: readonly string[];
  readonly picture: string;
}

export interface PaperFacts {
  /** As an ISO date. */
  readonly madeAt: string;
  readonly device: string | null;
  readonly passkeys: number;
  readonly relays: readonly string[];
}

const MARGIN = 56;
/** 5.5 cm with its quiet zone: over 4 cm without. */
const CODE_POINTS = 156;
const GROUPS_IN_A_ROW = 5;

/** The PDF file, as plain ASCII. */
export function renderPaper(papers: readonly Paper[], facts: PaperFacts, language: PaperLanguage): string {
  const words = language === "de" ? PAGE_WORDS_DE : PAGE_WORDS_EN;
  const pdf = createPdf(words.title);
  for (const paper of papers) drawPaper(pdf.addPage(), paper, facts, language);
  return pdf.render();
}

function drawPaper(page: PdfPage, paper: Paper, facts: PaperFacts, language: PaperLanguage): void {
  const words = language === "de" ? PAGE_WORDS_DE : PAGE_WORDS_EN;
  const isShare = paper.part > 0;
  page.text(MARGIN, 78, 22, words.title, "bold");
  page.text(
    MARGIN,
    104,
    13,
    isShare ? words.share.replace("{part}", String(paper.part)) : words.alone,
    "bold",
  );
  if (isShare) page.text(MARGIN, 120, 10, words.shareAlone);
  const day = new Intl.DateTimeFormat(language, { dateStyle: "long", timeZone: "UTC" });
  const by = facts.device === null ? "" : ` ${words.vault} ${facts.device}`;
  page.text(MARGIN, 140, 10, `${words.made} ${day.format(new Date(facts.madeAt))}${by}`);
  page.text(MARGIN, 155, 10, `${words.opens} ${words.passkeys(facts.passkeys)}`);

  drawCode(page, MARGIN, 172, paper.picture);
  drawCode(page, PAGE_WIDTH - MARGIN - CODE_POINTS, 172, paper.picture);

  page.text(MARGIN, 356, 11, words.typed, "bold");
  for (const [i, group] of paper.groups.entries()) {
    const x = MARGIN + (i % GROUPS_IN_A_ROW) * 97;
    const y = i < GROUPS_IN_A_ROW ? 388 : 426;
    page.text(x, y, 8, String(i + 1));
    page.text(x + 14, y, 20, group, "typed");
  }
  page.text(MARGIN, 446, 9, words.check);

  page.text(MARGIN, 480, 11, words.how, "bold");
  for (const [i, step] of words.steps.entries()) page.text(MARGIN, 498 + i * 15, 10, `${i + 1}.  ${step}`);
  page.text(MARGIN, 576, 11, words.needs, "bold");
  const { relays } = facts;
  const needs = relays.length === 0 ? words.noMailbox : words.mailbox.replace("{mailbox}", relays.join(", "));
  for (const [i, line] of breakLines(needs, 96).entries()) page.text(MARGIN, 594 + i * 13, 10, line);
  drawBlank(page, 642, words.folder);

  page.rectangle(MARGIN, 660, PAGE_WIDTH - 2 * MARGIN, 24, 0.9);
  page.text(MARGIN + 8, 676, 10, words.found, "bold");
  drawBlank(page, 712, words.kept);
  drawBlank(page, 740, words.tested);
}

/** Something to fill in by hand. */
function drawBlank(page: PdfPage, y: number, label: string): void {
  page.text(MARGIN, y, 10, label);
  page.line(MARGIN + 170, y + 2, PAGE_WIDTH - MARGIN, y + 2);
}

function drawCode(page: PdfPage, left: number, top: number, text: string): void {
  const rows = encodePageQr(text);
  const module = CODE_POINTS / rows.length;
  for (const [y, row] of rows.entries()) {
    // One rectangle a run: readers that smooth edges leave no light lines between modules.
    for (const run of row.matchAll(/1+/g))
      page.rectangle(left + run.index * module, top + y * module, run[0].length * module, module + 0.05);
  }
}

function breakLines(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(" ")) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + word.length < width) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}
