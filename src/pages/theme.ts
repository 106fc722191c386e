/**
 * The colours of a page. Whatever an operator picks, text has at least 4.5:1 against what is behind it and what is
 * drawn, such as a switch, at least 3:1 (WCAG 2.2, success criteria 1.4.3 and 1.4.11), by day and by night.
 */
import type { BrandLook } from '../domain/brand-look.ts';

/** Red, green and blue, each from 0 to 255. */
type Color = readonly [red: number, green: number, blue: number];

const BLACK: Color = [0, 0, 0];
const WHITE: Color = [255, 255, 255];
const HOUSE_ACCENT = '#0b5cad';
const FOR_TEXT = 4.5;
const FOR_SHAPES = 3;

/** What the pages are painted with besides the brand's own colours; `sheet`, `told` and `warned` lie behind text. */
const DAY = {
  paper: '#f5f3ee',
  sheet: '#ffffff',
  ink: '#1b2230',
  soft: '#535d6e',
  line: '#dcd7cc',
  edge: '#7b8494',
  told: '#e6f3ea',
  'told-edge': '#2f7d4f',
  warned: '#fdf1d6',
  'warned-edge': '#a06a00',
  wrong: '#b3261e',
};
const NIGHT: typeof DAY = {
  paper: '#121519',
  sheet: '#1b1f25',
  ink: '#e9e7e2',
  soft: '#a9afbb',
  line: '#363c46',
  edge: '#868e9b',
  told: '#173023',
  'told-edge': '#5cb585',
  warned: '#362a10',
  'warned-edge': '#d9a440',
  wrong: '#ffb4ab',
};

/** The rules that give the page's colours their values. */
export function themeOf({ accentColor, bannerColor }: Pick<BrandLook, 'accentColor' | 'bannerColor'>): string {
  const accent = colorFrom(accentColor) ?? colorFrom(HOUSE_ACCENT)!;
  const banner = colorFrom(bannerColor);
  const always = banner && { banner: written(banner), 'on-banner': written(readableOn(banner)) };
  return [
    `:root{${declarations({ ...DAY, ...accentsOn(DAY, accent), ...always })}}`,
    `@media(prefers-color-scheme:dark){:root{${declarations({ ...NIGHT, ...accentsOn(NIGHT, accent) })}}}`,
  ].join('');
}

/**
 * The accent as it is used: behind a button's text (`accent`), around that button (`accent-edge`), and by itself as text,
 * switch and focus ring (`accent-ink`). By day a pale button keeps its colour and gets an edge; by night a dark one gets
 * lighter.
 */
function accentsOn({ paper, sheet, told, warned }: typeof DAY, accent: Color): Record<string, string> {
  const grounds = [paper, sheet, told, warned].map((color) => colorFrom(color)!);
  const isDay = sheet === DAY.sheet;
  const fill = isDay ? accent : changed(accent, lighter, grounds, FOR_SHAPES);
  const ink = changed(accent, isDay ? darker : lighter, grounds, FOR_TEXT);
  const isSeen = grounds.every((ground) => contrast(fill, ground) >= FOR_SHAPES);
  return {
    accent: written(fill),
    'on-accent': written(readableOn(fill)),
    'accent-edge': written(isSeen ? fill : ink),
    'accent-ink': written(ink),
  };
}

/** What a message's one button is painted with, on white. */
export function buttonColors({
  accentColor,
}: Pick<BrandLook, 'accentColor'>): Record<'fill' | 'text' | 'edge', string> {
  const accents = accentsOn(DAY, colorFrom(accentColor) ?? colorFrom(HOUSE_ACCENT)!);
  return { fill: accents.accent!, text: accents['on-accent']!, edge: accents['accent-edge']! };
}

/** The colour, changed just as far as it takes to stand out from all grounds. */
function changed(color: Color, change: typeof darker, grounds: readonly Color[], least: number): Color {
  const shares = Array.from({ length: 51 }, (_, step) => step / 50);
  const standsOut = (each: Color) => grounds.every((ground) => contrast(each, ground) >= least);
  return shares.map((share) => change(color, share)).find(standsOut) ?? change(color, 1);
}

/** A share of the way to black, with its hue. */
function darker(color: Color, share: number): Color {
  return eachPart(color, (part) => part * (1 - share));
}

/** A share of the way to white: first as bright as it can be with its hue, then paler. */
function lighter(color: Color, share: number): Color {
  const brightest = 255 / Math.max(...color, 1);
  const bright = 1 + (brightest - 1) * Math.min(1, share * 2);
  const pale = Math.max(0, share * 2 - 1);
  return eachPart(color, (part) => part * bright * (1 - pale) + 255 * pale);
}

function eachPart([red, green, blue]: Color, change: (part: number) => number): Color {
  return [Math.round(change(red)), Math.round(change(green)), Math.round(change(blue))];
}

/** White where it can be read, else black: on every colour one of them has 4.5:1. */
function readableOn(ground: Color): Color {
  return contrast(WHITE, ground) >= FOR_TEXT ? WHITE : BLACK;
}

/** WCAG 2.2's contrast ratio, from 1 to 21. */
export function contrast(one: readonly number[], other: readonly number[]): number {
  const [dark, light] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (light! + 0.05) / (dark! + 0.05);
}

/** WCAG 2.2's relative luminance, from 0 to 1. */
function luminance(color: readonly number[]): number {
  const [red, green, blue] = color.map((part) => {
    const share = part / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red! + 0.7152 * green! + 0.0722 * blue!;
}

/** Of `#rrggbb`; null for anything else. */
export function colorFrom(text: string | null): Color | null {
  if (text === null || !/^#[0-9a-f]{6}$/i.test(text)) return null;
  const part = (start: number) => Number.parseInt(text.slice(start, start + 2), 16);
  return [part(1), part(3), part(5)];
}

function written(color: Color): string {
  return `#${color.map((part) => part.toString(16).padStart(2, '0')).join('')}`;
}

function declarations(values: Record<string, string>): string {
  return Object.entries(values)
    .map(([name, value]) => `--${name}:${value}`)
    .join(';');
}
