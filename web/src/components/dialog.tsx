import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";

/** A modal dialog: Escape and a click beside it close it, the focus returns to where it was. */
export function Dialog({ label, className, onClose, children }: { label: string; className?: string; onClose: () => void; children: ComponentChildren }) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const before = document.activeElement;
    dialog.current?.showModal();
    return () => {
      if (before instanceof HTMLElement && before.isConnected) before.focus();
    };
  }, []);
  return (
    <dialog ref={dialog} class={className} aria-label={label} onClose={onClose} onClick={(event) => event.target === dialog.current && onClose()}>
      {children}
    </dialog>
  );
}
