import { type ClassValue, clsx } from 'clsx';
import { extendTailwindMerge } from 'tailwind-merge';

const merge = extendTailwindMerge({ extend: { classGroups: { 'font-size': ['text-2xs'] } } });

/** Class names, of which the later win over earlier ones of the same property. */
export const cn = (...inputs: ClassValue[]): string => merge(clsx(inputs));
