/** Chooses a picture of a code. */
import { useWords } from "../app/app-context.ts";

export function PictureField({
  label,
  picture,
  onPicture,
}: {
  readonly label: string;
  readonly picture: File | null;
  readonly onPicture: (picture: File | null) => void;
}) {
  const { firstRun } = useWords();
  return (
    <label class="file plain">
      <input
        type="file"
        accept="image/png"
        onChange={({ currentTarget }) => onPicture(currentTarget.files?.[0] ?? null)}
      />
      {picture === null ? label : firstRun.pictureChosen(picture.name)}
    </label>
  );
}
