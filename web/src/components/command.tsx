import { useState } from "preact/hooks";

/** Copies a text. Browsers allow that on secure pages only; elsewhere there is no button. */
export function CopyButton({ value }: { value: string }) {
  const [isCopied, setCopied] = useState(false);
  if (navigator.clipboard === undefined) return null;
  const copy = (): void => {
    void navigator.clipboard.writeText(value).then(() => {
      setCopied(true);
      setTimeout(() => setCopied(false), 2000);
    });
  };
  return (
    <button type="button" class="copy" onClick={copy} aria-live="polite">
      {isCopied ? "Copied" : "Copy"}
    </button>
  );
}

/** Something to run or to paste. */
export function Command({ children }: { children: string }) {
  return (
    <div class="command">
      <pre>
        {children.split("\n").map((line, i) => (
          <code key={i}>{line}{"\n"}</code>
        ))}
      </pre>
      <CopyButton value={children} />
    </div>
  );
}
