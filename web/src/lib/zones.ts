// Weekly hours and the time zone whose clocks they follow: `Fri 16:00 - Mon 08:00 Europe/Berlin`, in UTC without a zone.

export const utc = "UTC";

/** Those that can be chosen, UTC first. */
export function timeZones(): string[] {
  return [utc, ...Intl.supportedValuesOf("timeZone").filter((zone) => zone !== utc)];
}

/** Whether a zone could be called so. Which there are the registry says, which knows others than the browser. */
export function isZoneName(name: string): boolean {
  return /^[A-Z][\w+-]*(\/[\w+-]+)*$/.test(name);
}

export interface WeeklyHours {
  hours: string;
  zone: string;
}

export function cutZone(weekly: string): WeeklyHours {
  const [, hours = weekly, zone = utc] = /^(.*\d\d:\d\d)\s+(\S+)$/.exec(weekly.trim()) ?? [];
  // The last word is a time where there is no zone.
  return /^\d\d:\d\d$/.test(zone) ? { hours: weekly.trim(), zone: utc } : { hours, zone };
}

/** As the registry writes it. */
export function withZone({ hours, zone }: WeeklyHours): string {
  const name = zone.trim();
  return name === "" || name === utc ? hours.trim() : `${hours.trim()} ${name}`;
}
