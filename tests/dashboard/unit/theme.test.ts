import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

type Rgb = [number, number, number];

const css = readFileSync(new URL('../../../collector/dashboard/src/theme.css', import.meta.url), 'utf8');
const page = readFileSync(new URL('../../../collector/dashboard/src/page.css', import.meta.url), 'utf8');
const schemes = { dark: tokensOf(/:root \{([^}]*)\}/), light: tokensOf(/:root\[data-scheme="light"\] \{([^}]*)\}/) };

function tokensOf(block: RegExp): Record<string, Rgb> {
  const body = block.exec(css)![1]!;
  return Object.fromEntries([...body.matchAll(/--([\w-]+): #([0-9a-f]{6});/g)].map(([, name, hex]) =>
    [name!, [0, 2, 4].map((at) => Number.parseInt(hex!.slice(at, at + 2), 16)) as Rgb]));
}

const linear = (channel: number): number => (channel / 255 <= 0.04045 ? channel / 255 / 12.92 : ((channel / 255 + 0.055) / 1.055) ** 2.4);
const luminance = ([r, g, b]: Rgb): number => 0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b);

/** WCAG 2.2. */
function contrast(a: Rgb, b: Rgb): number {
  const [light, dark] = [luminance(a), luminance(b)].sort((x, y) => y - x) as [number, number];
  return (light + 0.05) / (dark + 0.05);
}

/** Full dichromacy in linear light (Viénot, Brettel, Mollon 1999, as matrices over linear RGB). */
const blindness: Record<string, number[][]> = {
  deuteranopia: [[0.29275, 0.70725, 0], [0.29275, 0.70725, 0], [-0.02234, 0.02234, 1]],
  protanopia: [[0.11238, 0.88762, 0], [0.11238, 0.88762, 0], [0.00401, -0.00401, 1]],
};

function seenBy(kind: string, colour: Rgb): number[] {
  const source = colour.map(linear);
  return blindness[kind]!.map((row) => Math.min(1, Math.max(0, row.reduce((sum, weight, index) => sum + weight * source[index]!, 0))));
}

/** Distance in CIE Lab, from linear RGB. */
function distance(a: number[], b: number[]): number {
  const lab = ([r, g, bl]: number[]): number[] => {
    const f = (t: number): number => (t > 216 / 24389 ? Math.cbrt(t) : (24389 / 27 * t + 16) / 116);
    const x = f((0.4124 * r! + 0.3576 * g! + 0.1805 * bl!) / 0.9505);
    const y = f(0.2126 * r! + 0.7152 * g! + 0.0722 * bl!);
    const z = f((0.0193 * r! + 0.1192 * g! + 0.9505 * bl!) / 1.089);
    return [116 * y - 16, 500 * (x - y), 200 * (y - z)];
  };
  const [p, q] = [lab(a), lab(b)];
  return Math.hypot(...p.map((value, index) => value - q[index]!));
}

describe.each(Object.entries(schemes))('%s', (_, tokens) => {
  it.each(['text', 'text-soft', 'text-quiet', 'accent', 'advisory', 'alarm', 'stale'])('text in --%s is readable on both grounds', (name) => {
    expect(contrast(tokens[name]!, tokens['ground']!)).toBeGreaterThanOrEqual(4.5);
    expect(contrast(tokens[name]!, tokens['raised']!)).toBeGreaterThanOrEqual(4.5);
  });

  it.each(['line', 'edge', 'focus', 'accent', 'flow-it', 'flow-power-chain', 'flow-cooling', 'flow-lighting-other'])('a mark in --%s can be seen', (name) => {
    expect(contrast(tokens[name]!, tokens['ground']!)).toBeGreaterThanOrEqual(3);
  });

  it('hatching leaves stale text readable', () => {
    expect(contrast(tokens['stale']!, tokens['hatch']!)).toBeGreaterThanOrEqual(3);
  });

  it('the band is readable', () => {
    expect(contrast(tokens['ground']!, tokens['advisory']!)).toBeGreaterThanOrEqual(4.5);
  });

  it.each(Object.keys(blindness))('the states differ for people with %s', (kind) => {
    const states = ['advisory', 'alarm', 'stale', 'accent'];
    for (const [index, one] of states.entries()) {
      for (const other of states.slice(index + 1)) {
        expect(distance(seenBy(kind, tokens[one]!), seenBy(kind, tokens[other]!)), `${one} and ${other}`).toBeGreaterThan(14);
      }
    }
  });

  it('neighbouring parts of the stack differ by lightness', () => {
    expect(contrast(tokens['flow-power-chain']!, tokens['flow-cooling']!)).toBeGreaterThan(1.4);
    expect(contrast(tokens['flow-cooling']!, tokens['flow-lighting-other']!)).toBeGreaterThan(1.4);
  });
});

it('colours are tokens: the style sheet of the page names none itself', () => {
  expect(page.match(/#[0-9a-f]{3,8}\b|\b(?:rgb|hsl)a?\(/gi)).toBeNull();
});

it('both schemes define the same colours', () => {
  expect(Object.keys(schemes.light).sort()).toEqual(Object.keys(schemes.dark).sort());
});
