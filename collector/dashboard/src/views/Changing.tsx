import { useRef } from 'preact/hooks';

/** A text whose changed digits stand heavier for one second; nothing moves and nothing flashes. */
export function Changing({ text }: { text: string }) {
  const before = useRef(text);
  const turn = useRef(0);
  const since = useRef(0);
  if (before.current !== text) {
    since.current = before.current.length === text.length ? sharedStart(before.current, text) : 0;
    before.current = text;
    turn.current++;
  }
  return (
    <>
      {text.slice(0, since.current)}
      <span key={turn.current} class={turn.current > 0 ? 'changed' : undefined}>{text.slice(since.current)}</span>
    </>
  );
}

function sharedStart(a: string, b: string): number {
  let index = 0;
  while (index < a.length && a[index] === b[index]) {
    index++;
  }
  return index;
}
