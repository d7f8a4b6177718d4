import { Dialog } from "./dialog.tsx";

const others: [string[], string][] = [
  [["/"], "Search on this page"],
  [["Ctrl", "K"], "Go to a page, repository, database or deployment"],
  [["?"], "These keys"],
];

export function KeyHelp({ pages, onClose }: { pages: { key: string; name: string }[]; onClose: () => void }) {
  const rows: [string[], string][] = [...pages.map(({ key, name }): [string[], string] => [["g", key], name]), ...others];
  return (
    <Dialog label="Keyboard shortcuts" onClose={onClose}>
      <h2>Keyboard shortcuts</h2>
      <dl class="keys">
        {rows.map(([keys, name]) => (
          <div key={name}>
            <dt>
              {keys.map((key) => (
                <kbd key={key}>{key}</kbd>
              ))}
            </dt>
            <dd>{name}</dd>
          </div>
        ))}
      </dl>
      <form method="dialog">
        <button type="submit">Close</button>
      </form>
    </Dialog>
  );
}
