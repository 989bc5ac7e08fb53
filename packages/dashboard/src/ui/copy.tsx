import { Check, Copy } from 'lucide-react';
import { useState } from 'react';
import { Button } from './button.tsx';
import { cn } from './cn.ts';
import { Tooltip } from './tooltip.tsx';

const SAID_MS = 1_400;

/** Copies a text, and says that it did. */
export function CopyButton({
  text,
  label = 'Copy',
  className,
}: {
  text: string | (() => string);
  label?: string;
  className?: string;
}) {
  const [copied, setCopied] = useState(false);
  const copy = async () => {
    await navigator.clipboard.writeText(typeof text === 'string' ? text : text());
    setCopied(true);
    setTimeout(() => setCopied(false), SAID_MS);
  };
  return (
    <Tooltip label={copied ? 'Copied' : label}>
      <Button
        look="ghost"
        size="iconSm"
        aria-label={copied ? 'Copied' : label}
        onClick={copy}
        className={cn(className)}
      >
        {copied ? <Check className="text-good" /> : <Copy />}
      </Button>
    </Tooltip>
  );
}
