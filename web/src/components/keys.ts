import { useEffect } from "preact/hooks";

interface Actions {
  go: (path: string) => void;
  open: (what: "help" | "palette") => void;
}

/** `g` and a letter go to a page, `/` to the search field, `?` to the list of keys, Ctrl+K to the palette. */
export function useShortcuts(pages: { path: string; key: string }[], { go, open }: Actions): void {
  useEffect(() => {
    let afterG = false;
    const onKey = (event: KeyboardEvent): void => {
      if (event.key.toLowerCase() === "k" && (event.ctrlKey || event.metaKey)) {
        event.preventDefault();
        open("palette");
        return;
      }
      const isTyping = event.target instanceof Element && event.target.closest("input, select, textarea, dialog") !== null;
      if (event.ctrlKey || event.metaKey || event.altKey || isTyping) return;
      const page = afterG ? pages.find(({ key }) => key === event.key) : undefined;
      afterG = event.key === "g";
      if (page !== undefined) go(page.path);
      if (event.key === "?") open("help");
      if (event.key === "/") {
        event.preventDefault();
        document.querySelector<HTMLInputElement>("[data-search]")?.focus();
      }
    };
    document.addEventListener("keydown", onKey);
    return () => document.removeEventListener("keydown", onKey);
  }, [go, open]);
}
