/**
 * Templates for Windows' group policy and Intune, from core's list of settings: Latchkey.admx, and Latchkey.adml for each language. They
 * write `HKLM\SOFTWARE\Policies\Latchkey`, which only administrators can.
 */
import { POLICY_SETTINGS, type Setting, type SettingName } from "@latchkey/core/policy/settings";
import { POLICY_KEY } from "../policy-key.ts";
import { renderXml, type XmlElement } from "./xml.ts";

const ADMX_NAMESPACE = "http://schemas.microsoft.com/GroupPolicy/2006/07/PolicyDefinitions";
const NAMESPACE = "Latchkey.Policies";
/** Of our own settings; raised when one is added. */
const REVISION = "1.1";
const SUPPORTED = "SupportedWindows";
const ENTRIES = Object.entries(POLICY_SETTINGS) as [SettingName, Setting][];

const HEAD = {
  "xmlns:xsd": "http://www.w3.org/2001/XMLSchema",
  "xmlns:xsi": "http://www.w3.org/2001/XMLSchema-instance",
  xmlns: ADMX_NAMESPACE,
  revision: REVISION,
  schemaVersion: "1.0",
};

/** Language of the file → its words. */
export const ADML_LANGUAGES = {
  "en-US": { language: "en", supported: "Windows 11 24H2 and later", category: "Latchkey" },
  "de-DE": { language: "de", supported: "Windows 11 24H2 und später", category: "Latchkey" },
} as const;

export function renderAdmx(): string {
  return renderXml([
    "policyDefinitions",
    HEAD,
    ["policyNamespaces", {}, ["target", { prefix: "latchkey", namespace: NAMESPACE }]],
    ["resources", { minRequiredRevision: REVISION }],
    [
      "supportedOn",
      {},
      ["definitions", {}, ["definition", { name: SUPPORTED, displayName: `$(string.${SUPPORTED})` }]],
    ],
    ["categories", {}, ["category", { name: "Latchkey", displayName: "$(string.Latchkey)" }]],
    ["policies", {}, ...ENTRIES.map(([name, setting]) => renderPolicy(name, setting))],
  ]);
}

function renderPolicy(name: SettingName, setting: Setting): XmlElement {
  const value = renderValue(name, setting);
  return [
    "policy",
    {
      name,
      class: "Machine",
      displayName: `$(string.${name})`,
      explainText: `$(string.${name}_Explain)`,
      key: POLICY_KEY,
      ...(setting.kind === "boolean" ? { valueName: name } : { presentation: `$(presentation.${name})` }),
    },
    ["parentCategory", { ref: "Latchkey" }],
    ["supportedOn", { ref: SUPPORTED }],
    ...value,
  ];
}

function renderValue(name: SettingName, setting: Setting): XmlElement[] {
  switch (setting.kind) {
    case "boolean":
      return [
        ["enabledValue", {}, ["decimal", { value: "1" }]],
        ["disabledValue", {}, ["decimal", { value: "0" }]],
      ];
    case "number": {
      const { min, max } = setting;
      const bounds = { minValue: String(min), maxValue: String(max) };
      return [["elements", {}, ["decimal", { id: name, valueName: name, required: "true", ...bounds }]]];
    }
    case "text": {
      const maxLength = String(setting.max);
      return [["elements", {}, ["text", { id: name, valueName: name, required: "true", maxLength }]]];
    }
  }
}

export function renderAdml(language: keyof typeof ADML_LANGUAGES): string {
  const { language: words, supported, category } = ADML_LANGUAGES[language];
  const text = (id: string, content: string): XmlElement => ["string", { id }, content];
  return renderXml([
    "policyDefinitionResources",
    HEAD,
    ["displayName", {}, "Latchkey"],
    ["description", {}, "Latchkey"],
    [
      "resources",
      {},
      [
        "stringTable",
        {},
        text("Latchkey", category),
        text(SUPPORTED, supported),
        ...ENTRIES.flatMap(([name, setting]) => [
          text(name, setting[words].title),
          text(`${name}_Explain`, setting[words].details),
        ]),
      ],
      [
        "presentationTable",
        {},
        ...ENTRIES.flatMap(([name, setting]) => renderPresentation(name, setting, setting[words].label)),
      ],
    ],
  ]);
}

function renderPresentation(name: SettingName, setting: Setting, label: string | undefined): XmlElement[] {
  if (setting.kind === "boolean" || label === undefined) return [];
  const field: XmlElement =
    setting.kind === "number"
      ? ["decimalTextBox", { refId: name, defaultValue: String(setting.usual) }, label]
      : ["textBox", { refId: name }, ["label", {}, label]];
  return [["presentation", { id: name }, field]];
}
