import type { ComponentChildren } from "preact";
import { useEffect } from "preact/hooks";
import { Link } from "wouter-preact";

/** Title of a page, in the document too, with the way back to where it belongs. */
export function PageHead({ title, trail = [], children }: { title: string; trail?: [string, string][]; children?: ComponentChildren }) {
  useEffect(() => {
    document.title = `${title} · Rhumb`;
  }, [title]);
  return (
    <div class="page-head">
      {trail.length > 0 && (
        <nav aria-label="Trail" class="trail">
          {trail.map(([name, href]) => (
            <Link key={href} href={href}>
              {name}
            </Link>
          ))}
        </nav>
      )}
      <div class="head">
        <h1>{title}</h1>
        {children}
      </div>
    </div>
  );
}
