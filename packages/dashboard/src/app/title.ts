import { useEffect } from 'react';

let page = '';
let waiting = 0;
const write = () => {
  document.title = `${waiting > 0 ? `(${waiting}) ` : ''}${page === '' ? 'Rigger' : `${page} · Rigger`}`;
};

/** Names the page in the browser's tab. */
export function useTitle(title: string): void {
  useEffect(() => {
    page = title;
    write();
  }, [title]);
}

/** How many things need a human, before the title of whatever page is shown. */
export function useWaitingCount(count: number): void {
  useEffect(() => {
    waiting = count;
    write();
  }, [count]);
}
