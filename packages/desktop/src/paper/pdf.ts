/**
 * The least of PDF 1.4 (ISO 32000-1) that a printed page needs: text in the fonts that every reader has, filled rectangles, lines. The file is plain ASCII
 * and made in memory alone. Why no library: decision 032.
 *
 * Lengths are points (1/72 inch) from the upper left corner.
 */

/** A4; what is drawn keeps clear of what Letter has less. */
export const PAGE_WIDTH = 595;
export const PAGE_HEIGHT = 842;

const FONTS = { plain: "Helvetica", bold: "Helvetica-Bold", typed: "Courier-Bold" } as const;
export type Font = keyof typeof FONTS;

/** Where WinAnsiEncoding differs from Latin-1, of what our texts hold. */
const WIN_ANSI: Readonly<Record<string, number>> = {
  "€": 128,
  "„": 132,
  "…": 133,
  "‘": 145,
  "’": 146,
  "“": 147,
  "”": 148,
  "–": 150,
  "—": 151,
};

export interface PdfPage {
  text(x: number, y: number, size: number, text: string, font?: Font): void;
  /** `grey`: 0 is black, 1 is white. */
  rectangle(x: number, y: number, width: number, height: number, grey?: number): void;
  line(x1: number, y1: number, x2: number, y2: number): void;
}

export interface PdfFile {
  addPage(): PdfPage;
  /** The whole file. */
  render(): string;
}

export function createPdf(title: string): PdfFile {
  const pages: string[][] = [];
  return {
    addPage() {
      const content: string[] = [];
      pages.push(content);
      const up = (y: number): string => place(PAGE_HEIGHT - y);
      return {
        text(x, y, size, text, font = "plain") {
          content.push(`BT /${font} ${size} Tf ${place(x)} ${up(y)} Td (${escapeText(text)}) Tj ET`);
        },
        rectangle(x, y, width, height, grey = 0) {
          content.push(`${grey} g ${place(x)} ${up(y + height)} ${place(width)} ${place(height)} re f 0 g`);
        },
        line(x1, y1, x2, y2) {
          content.push(`0.5 w ${place(x1)} ${up(y1)} m ${place(x2)} ${up(y2)} l S`);
        },
      };
    },
    render: () =>
      renderFile(
        title,
        pages.map((content) => content.join("\n")),
      ),
  };
}

const place = (length: number): string => String(Math.round(length * 100) / 100);

/** Octal for whatever is not plain ASCII; a character that the fonts do not have is a question mark. */
function escapeText(text: string): string {
  return Array.from(text)
    .map((character) => {
      const code = WIN_ANSI[character] ?? character.codePointAt(0) ?? 0;
      if (character === "(" || character === ")" || character === "\\") return `\\${character}`;
      if (code >= 32 && code < 127) return character;
      return code >= 128 && code < 256 ? `\\${code.toString(8)}` : "?";
    })
    .join("");
}

/** Catalogue, page tree, information, fonts; then for each page itself and its content. */
function renderFile(title: string, contents: readonly string[]): string {
  const fonts = Object.entries(FONTS);
  const firstPage = 4 + fonts.length;
  const pageNumbers = contents.map((_, i) => firstPage + 2 * i);
  const resources = fonts.map(([name], i) => `/${name} ${4 + i} 0 R`).join(" ");
  const objects = [
    "<< /Type /Catalog /Pages 2 0 R >>",
    `<< /Type /Pages /Count ${contents.length} /Kids [${pageNumbers.map((number) => `${number} 0 R`).join(" ")}] >>`,
    `<< /Title (${escapeText(title)}) /Producer (Latchkey) >>`,
    ...fonts.map(
      ([, name]) => `<< /Type /Font /Subtype /Type1 /BaseFont /${name} /Encoding /WinAnsiEncoding >>`,
    ),
    ...contents.flatMap((content, i) => [
      `<< /Type /Page /Parent 2 0 R /MediaBox [0 0 ${PAGE_WIDTH} ${PAGE_HEIGHT}] ` +
        `/Resources << /Font << ${resources} >> >> /Contents ${firstPage + 2 * i + 1} 0 R >>`,
      `<< /Length ${content.length} >>\nstream\n${content}\nendstream`,
    ]),
  ];
  let file = "%PDF-1.4\n";
  const offsets = objects.map((object, i) => {
    const offset = file.length;
    file += `${i + 1} 0 obj\n${object}\nendobj\n`;
    return offset;
  });
  const rows = offsets.map((offset) => `${String(offset).padStart(10, "0")} 00000 n \n`).join("");
  const size = objects.length + 1;
  return (
    `${file}xref\n0 ${size}\n0000000000 65535 f \n${rows}` +
    `trailer\n<< /Size ${size} /Root 1 0 R /Info 3 0 R >>\nstartxref\n${file.length}\n%%EOF\n`
  );
}
