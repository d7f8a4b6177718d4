import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";

interface DisclosureProps {
  summary: ComponentChildren;
  isOpen: boolean;
  class?: string;
  children: () => ComponentChildren;
}

/** Details whose content is made when they are opened: lists may hold thousands. */
export function Disclosure({ summary, isOpen, class: className, children }: DisclosureProps) {
  const [open, setOpen] = useState(isOpen);
  return (
    <details class={className} open={open} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>{summary}</summary>
      {open && <div>{children()}</div>}
    </details>
  );
}
