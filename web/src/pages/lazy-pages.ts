import { LazyModule } from "../lazy.tsx";

/** Every page but the first ones. */
export const lazyPages = new LazyModule(() => import("./others.ts"));
