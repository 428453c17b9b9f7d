/** The four states, each with a colour, a shape and a word; good has no mark at all. */
export type Mark = 'good' | 'advisory' | 'alarm' | 'stale';
