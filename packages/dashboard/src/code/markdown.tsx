/**
 * Markdown that an agent or a person wrote. HTML in it is shown as the text that it is; links lead to http, https and mail alone,
 * and pictures are those that came with it or lie in a workspace.
 */
import { type ComponentProps, isValidElement, memo, type ReactNode, useDeferredValue } from 'react';
import ReactMarkdown, { type Components } from 'react-markdown';
import remarkGfm from 'remark-gfm';
import remend from 'remend';
import { cn } from '../ui/cn.ts';
import { CopyButton } from '../ui/copy.tsx';
import { Code } from './code.tsx';
import { languageOf } from './languages.ts';
import { safeImage, safeLink } from './safe-url.ts';

const textOf = (node: ReactNode): string =>
  typeof node === 'string' || typeof node === 'number'
    ? String(node)
    : Array.isArray(node)
      ? node.map(textOf).join('')
      : isValidElement<{ children?: ReactNode }>(node)
        ? textOf(node.props.children)
        : '';

/** A fence: its code with colours, its language, and a button to take it along. */
function Fence({ children }: ComponentProps<'pre'>) {
  const element = isValidElement<{ className?: string; children?: ReactNode }>(children) ? children : null;
  const code = textOf(element?.props.children ?? children).replace(/\n$/, '');
  const name = /language-(\S+)/.exec(element?.props.className ?? '')?.[1] ?? '';
  return (
    <div className="group/fence relative my-2.5 overflow-hidden rounded-lg border bg-inset">
      <Code code={code} language={languageOf(name)} />
      <div className="absolute top-1 right-1 flex items-center gap-1 rounded-md bg-inset/90 pl-2 opacity-0 transition-opacity duration-100 focus-within:opacity-100 group-hover/fence:opacity-100">
        <span className="text-2xs text-ink-3">{name}</span>
        <CopyButton text={code} label="Copy the code" />
      </div>
    </div>
  );
}

const components: Components = {
  pre: Fence,
  a: ({ href, children }) =>
    href === undefined || href === '' ? (
      <span>{children}</span>
    ) : (
      <a href={href} target="_blank" rel="noopener noreferrer nofollow">
        {children}
      </a>
    ),
  img: ({ src, alt = '' }) =>
    typeof src === 'string' && src !== '' ? (
      <img src={src} alt={alt} className="max-h-96 rounded-lg border" loading="lazy" />
    ) : (
      <span className="text-ink-3">[picture: {alt}]</span>
    ),
  table: ({ children }) => (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by key
    <div tabIndex={0} className="my-2.5 overflow-x-auto">
      <table>{children}</table>
    </div>
  ),
  input: ({ checked, type }) => <input type={type} checked={checked} readOnly disabled aria-label="done" />,
};

const plugins = [remarkGfm];
const urlOf = (url: string, key: string): string => (key === 'src' ? safeImage(url) : safeLink(url));

/** @param growing the text is still being written: what is open in it is closed as well as can be */
export const Markdown = memo(function Markdown({
  text,
  growing = false,
  className,
}: {
  text: string;
  growing?: boolean;
  className?: string;
}) {
  const shown = useDeferredValue(text);
  return (
    <div className={cn('prose', className)}>
      <ReactMarkdown remarkPlugins={plugins} components={components} urlTransform={urlOf}>
        {growing ? remend(shown) : shown}
      </ReactMarkdown>
    </div>
  );
});
