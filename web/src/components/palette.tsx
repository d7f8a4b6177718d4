import { useEffect, useId, useState } from "preact/hooks";
import type { Destination } from "../lib/palette.ts";
import { Dialog } from "./dialog.tsx";

/**
 * The command palette: a field and a list of places to go to. `find` answers what fits a word; the
 * arrow keys choose, Enter goes there.
 */
export function Palette({ find, onGo, onClose }: { find: (word: string) => Promise<Destination[]>; onGo: (path: string) => void; onClose: () => void }) {
  const [word, setWord] = useState("");
  const [found, setFound] = useState<Destination[]>([]);
  const [chosen, setChosen] = useState(0);
  const listId = useId();
  useEffect(() => {
    let isLatest = true;
    void find(word).then((destinations) => {
      if (!isLatest) return;
      setFound(destinations);
      setChosen(0);
    });
    return () => {
      isLatest = false;
    };
  }, [word]);
  const go = (destination: Destination | undefined): void => {
    if (destination === undefined) return;
    onClose();
    onGo(destination.path);
  };
  const onKey = (event: KeyboardEvent): void => {
    const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
    if (step !== 0 && found.length > 0) setChosen((chosen + step + found.length) % found.length);
    if (event.key === "Enter") go(found[chosen]);
    if (step !== 0 || event.key === "Enter") event.preventDefault();
  };
  return (
    <Dialog label="Go to" className="palette" onClose={onClose}>
      <input
        type="search"
        role="combobox"
        aria-label="Go to a page, repository, database or deployment"
        aria-expanded="true"
        aria-controls={listId}
        aria-activedescendant={found.length === 0 ? undefined : `${listId}-${chosen}`}
        placeholder="Page, repository, database or number of a deployment"
        value={word}
        onInput={(event) => setWord(event.currentTarget.value)}
        onKeyDown={onKey}
        autoFocus
      />
      <ul role="listbox" id={listId} aria-label="Places">
        {found.map((destination, i) => (
          <li key={destination.path} id={`${listId}-${i}`} role="option" aria-selected={i === chosen} onClick={() => go(destination)}>
            {destination.name} <span class="soft">{destination.kind}</span>
          </li>
        ))}
      </ul>
      {found.length === 0 && <p class="soft">Nothing fits.</p>}
    </Dialog>
  );
}
