/** What every way to a vault on this machine asks for: the device's name and the passphrase of its copy. */
import { useWords } from "../app/app-context.ts";
import { TextField } from "../parts/field.tsx";
import { ChoosePassphrase, findPassphraseProblem, type NO_PASSPHRASE } from "./choose-passphrase.tsx";

export interface NewDeviceFieldsProps {
  readonly name: string;
  readonly onName: (name: string) => void;
  readonly choice: typeof NO_PASSPHRASE;
  readonly onChoice: (choice: typeof NO_PASSPHRASE) => void;
  readonly isTried: boolean;
  readonly autofocus?: boolean;
}

export function NewDeviceFields(props: NewDeviceFieldsProps) {
  const { name, onName, choice, onChoice, isTried, autofocus = false } = props;
  const { firstRun } = useWords();
  return (
    <>
      <TextField
        label={firstRun.deviceName}
        hint={firstRun.deviceNameHint}
        value={name}
        onValue={onName}
        problem={isTried && name.trim() === "" ? firstRun.nameMissing : null}
        input={{ maxLength: 64, autofocus }}
      />
      <ChoosePassphrase
        choice={choice}
        onChoice={onChoice}
        problem={isTried ? findPassphraseProblem(choice) : null}
      />
    </>
  );
}
