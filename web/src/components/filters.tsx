import { useLocation, useSearch } from "wouter-preact";
import { valueOf, withQuery } from "../lib/query.ts";

/** A filter whose value lives in the URL; changing it goes back to the first page. */
function useFilter(name: string): [string, (value: string) => void] {
  const [path, navigate] = useLocation();
  const search = useSearch();
  return [valueOf(search, name), (value) => navigate(path + withQuery(search, { [name]: value, page: "" }))];
}

export function SelectFilter({ name, label, options }: { name: string; label: string; options: string[] }) {
  const [value, set] = useFilter(name);
  return (
    <label class="filter">
      {label}
      <select value={value} onChange={(event) => set(event.currentTarget.value)}>
        <option value="">all</option>
        {options.map((option) => (
          <option key={option} value={option}>
            {option}
          </option>
        ))}
      </select>
    </label>
  );
}

export function SearchFilter({ name = "search", label = "Search" }: { name?: string; label?: string }) {
  const [value, set] = useFilter(name);
  return (
    <label class="filter">
      {label}
      <input type="search" data-search value={value} onChange={(event) => set(event.currentTarget.value.trim())} />
    </label>
  );
}
