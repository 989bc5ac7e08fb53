import type { LucideIcon } from 'lucide-react';

/** A page in the sidebar and the palette. */
export interface NavEntry {
  /** Its address, as `to` of a link. */
  to: string;
  title: string;
  icon: LucideIcon;
  /** Its key: `g s`. */
  keys?: string;
  /** Other words that find it in the palette. */
  words?: string[];
}
