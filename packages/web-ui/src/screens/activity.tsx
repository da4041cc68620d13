/** What was done with the vault (experience.md § 7, U12), in sentences, the newest first; and whether the logs are whole. */
import { useEffect, useId, useState } from "preact/hooks";
import { useApp, useWords } from "../app/app-context.ts";
import type { ActivityLineView, ActivityView } from "../model/activity-view.ts";
import { ErrorNote, Notice } from "../parts/notice.tsx";
import { ScreenHead } from "../parts/screen-head.tsx";
import { useAct } from "../parts/use-act.ts";
import { formatMoment } from "../words/format.ts";
import type { Words } from "../words/words.ts";

const DAYS = 90;
/** Lines on the screen: more is what a filter, or a file for an auditor, is for. */
const MAX_SHOWN = 300;
const ALL = "";

export function ActivityScreen() {
  const { commands, locale } = useApp();
  const { activity } = useWords();
  const act = useAct();
  const [view, setView] = useState<ActivityView | null>(null);
  const [device, setDevice] = useState(ALL);
  const [kind, setKind] = useState(ALL);
  useEffect(() => void act.run(async () => setView(await commands.readActivity(DAYS))), []);
  const lines = (view?.lines ?? []).filter(
    (line) => (device === ALL || line.deviceName === device) && (kind === ALL || line.kind === kind),
  );
  const names = [...new Set((view?.lines ?? []).flatMap(({ deviceName }) => deviceName ?? []))].sort();
  const kinds = Object.keys({ ...activity.kinds, ...activity.counted }).filter((each) =>
    view?.lines.some((line) => line.kind === each),
  );
  return (
    <>
      <ScreenHead title={activity.title} lead={activity.lead} />
      {act.error !== null && (
        <p role="alert">
          <ErrorNote error={act.error} />
        </p>
      )}
      {view !== null && (
        <>
          <Wholeness view={view} />
          <section class="part">
            <Filter label={activity.device} value={device} choices={names} onChange={setDevice} />
            <Filter
              label={activity.kind}
              value={kind}
              choices={kinds}
              describe={(each) => describeKind(each, activity)}
              onChange={setKind}
            />
          </section>
          {lines.length === 0 && <p>{activity.none}</p>}
          <ol class="history">
            {lines.slice(0, MAX_SHOWN).map((line) => (
              <li key={`${line.device}/${line.number}`}>
                <span>
                  <span dir="auto">{describeLine(line, activity)}</span>
                  <span class="hint">
                    {activity.on(
                      line.deviceName ?? activity.unknownDevice,
                      formatMoment(line.at, locale.value),
                    )}
                  </span>
                </span>
              </li>
            ))}
          </ol>
        </>
      )}
    </>
  );
}

function Wholeness({ view: { logs } }: { readonly view: ActivityView }) {
  const { activity } = useWords();
  const broken = logs.filter(({ problems }) => problems.length > 0);
  if (broken.length === 0)
    return <p role="status">{activity.whole(logs.reduce((sum, { lines }) => sum + lines, 0))}</p>;
  return (
    <>
      {broken.map(({ name, problems }, i) => (
        <Notice
          key={i}
          tone="alarm"
          icon="warning"
          title={activity.brokenTitle(name ?? activity.unknownDevice)}
        >
          <p role="alert">{activity.broken(problems.length)}</p>
          <p>{activity.brokenHint}</p>
        </Notice>
      ))}
    </>
  );
}

function Filter({
  label,
  value,
  choices,
  describe = (choice) => choice,
  onChange,
}: {
  readonly label: string;
  readonly value: string;
  readonly choices: readonly string[];
  readonly describe?: (choice: string) => string;
  readonly onChange: (choice: string) => void;
}) {
  const { activity } = useWords();
  const id = useId();
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <select id={id} value={value} onChange={({ currentTarget }) => onChange(currentTarget.value)}>
        <option value={ALL}>{activity.all}</option>
        {choices.map((choice) => (
          <option key={choice} value={choice}>
            {describe(choice)}
          </option>
        ))}
      </select>
    </div>
  );
}

function describeLine(
  { kind, site, user, about, count }: ActivityLineView,
  words: Words["activity"],
): string {
  const passkey = site === null ? words.unknownPasskey : words.passkey(site, user);
  if (Object.hasOwn(words.counted, kind))
    return words.counted[kind as keyof typeof words.counted](count ?? 0);
  if (!Object.hasOwn(words.kinds, kind)) return words.other(kind);
  return words.kinds[kind as keyof typeof words.kinds](passkey, about ?? words.unknownDevice);
}

/** A kind without what it was about. */
const describeKind = (kind: string, words: Words["activity"]): string =>
  Object.hasOwn(words.counted, kind)
    ? words.counted[kind as keyof typeof words.counted](2)
    : words.kinds[kind as keyof typeof words.kinds]("…", "…");
