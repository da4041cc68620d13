/** One passkey in a list: the site's letter, its name, the account, and what is to be known of it in words. */
import { useWords } from "../app/app-context.ts";
import { addressOf } from "../app/route.ts";
import { nameOf, type PasskeyView } from "../model/vault-view.ts";
import { Icon } from "../parts/icon.tsx";
import { Tile } from "../parts/tile.tsx";

export function PasskeyCard({ passkey }: { readonly passkey: PasskeyView }) {
  const { list } = useWords();
  const { id, site, user, title, state, conflicts, archived, favourite, tags } = passkey;
  return (
    <li>
      <a class="card" href={addressOf({ screen: "passkey", id })}>
        <Tile name={site ?? "?"} />
        <span class="card-text">
          <strong dir="auto">{nameOf(passkey)}</strong>
          <span dir="auto">{user ?? list.noAccount}</span>
          {title !== null && site !== null && title !== site && <span class="card-site">{site}</span>}
        </span>
        <span class="badges">
          {conflicts.length > 0 && <Badge tone="warning" text={list.badgeConflict} />}
          {state === "needs-attention" && <Badge tone="warning" text={list.badgeAttention} />}
          {archived && <Badge tone="calm" text={list.badgeArchived} />}
          {tags.map((tag) => (
            <Badge key={tag} tone="tag" text={tag} />
          ))}
          {favourite && (
            <span class="star">
              <Icon name="star" />
              <span class="unseen">{list.favourites}</span>
            </span>
          )}
        </span>
      </a>
    </li>
  );
}

export function Badge({
  tone,
  text,
}: {
  readonly tone: "warning" | "calm" | "tag" | "good";
  readonly text: string;
}) {
  return (
    <span class={`badge badge-${tone}`} dir="auto">
      {text}
    </span>
  );
}
