import { Link } from '@tanstack/react-router';

export const Logo = () => (
  <Link to="/" className="flex items-center gap-2 rounded-md px-1 font-semibold text-base tracking-tight">
    <svg viewBox="0 0 32 32" className="size-5" aria-hidden="true">
      <rect width="32" height="32" rx="8" className="fill-accent" />
      <path
        d="M10 24V8h7.2a5 5 0 0 1 1.6 9.7L23 24M10 17.8h7"
        fill="none"
        strokeWidth="2.8"
        strokeLinecap="round"
        strokeLinejoin="round"
        className="stroke-accent-ink"
      />
    </svg>
    Rigger
  </Link>
);
