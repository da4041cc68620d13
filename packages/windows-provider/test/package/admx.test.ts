import { POLICY_SETTINGS } from "@latchkey/core/policy/settings";
import { describe, expect, test } from "vitest";
import { ADML_LANGUAGES, renderAdml, renderAdmx } from "../../src/package/admx.ts";
import { POLICY_KEY } from "../../src/policy-key.ts";

/** Where administrators find them. Written anew by `npx vitest run packages/windows-provider/test/package/admx.test.ts -u`. */
const FOLDER = "../../../../deploy/windows";
const LANGUAGES = Object.keys(ADML_LANGUAGES) as (keyof typeof ADML_LANGUAGES)[];
const admx = renderAdmx();

describe("the templates for group policy", () => {
  test("lie in deploy as they would be made now", async () => {
    await expect(admx).toMatchFileSnapshot(`${FOLDER}/Latchkey.admx`);
    for (const language of LANGUAGES) {
      await expect(renderAdml(language)).toMatchFileSnapshot(`${FOLDER}/${language}/Latchkey.adml`);
    }
  });

  test.each(Object.entries(POLICY_SETTINGS))(
    "have %s under the name that the program reads",
    (name, setting) => {
      const [, policy = ""] = new RegExp(`<policy name="${name}"([\\s\\S]*?)</policy>`).exec(admx) ?? [];
      expect(policy).toContain(`class="Machine"`);
      expect(policy).toContain(`key="${POLICY_KEY}"`);
      expect(policy).toContain(`valueName="${name}"`);
      if (setting.kind === "number")
        expect(policy).toContain(`minValue="${setting.min}" maxValue="${setting.max}"`);
    },
  );

  test.each(LANGUAGES)("have every word in %s that they refer to, and no other", (language) => {
    const adml = renderAdml(language);
    const ids = (text: string, pattern: RegExp): string[] =>
      [...text.matchAll(pattern)].map(([, id]) => id ?? "").sort();
    expect(ids(adml, /<string id="(\w+)"/g)).toEqual(ids(admx, /\$\(string\.(\w+)\)/g));
    expect(ids(adml, /<presentation id="(\w+)"/g)).toEqual(ids(admx, /\$\(presentation\.(\w+)\)/g));
    for (const refId of ids(adml, /refId="(\w+)"/g)) expect(admx).toContain(`id="${refId}"`);
  });
});
