/** The outlines of places on Equal Earth, as paths; made once from the project's own outlines (bundle/geometry). */
import { geoEqualEarthRaw } from "d3-geo";
import file from "../../../src/datarules/bundle/geometry/places.json?url";
import { ApiError, get } from "./api";
import { breathing } from "./breath";

interface File {
  step: number;
  places: Record<string, { name: string; area: number; label: [number, number]; rings: number[][] }>;
  disputed: number[][];
  borders: number[][];
  coasts: number[][];
}

export interface Shape {
  code: string;
  path: string;
  /** Middle of the largest part. */
  x: number;
  y: number;
  /** Too small to be seen or hit on a map of the world. */
  small: boolean;
}

export interface World {
  width: number;
  height: number;
  sphere: string;
  graticule: string;
  shapes: Shape[];
  disputed: string;
  borders: string;
  coasts: string;
}

const WIDTH = 960;
const MIDDLE = 11.5;
const SMALL = 2600;
const RADIANS = Math.PI / 180;
const [reach] = geoEqualEarthRaw(Math.PI, 0);
const [, top] = geoEqualEarthRaw(0, Math.PI / 2);
const SCALE = WIDTH / (2 * reach);
const HEIGHT = Math.round(2 * top * SCALE);

function point(longitude: number, latitude: number): [number, number] {
  const [x, y] = geoEqualEarthRaw((longitude - MIDDLE) * RADIANS, latitude * RADIANS);
  return [WIDTH / 2 + x * SCALE, HEIGHT / 2 - y * SCALE];
}

const written = (x: number, y: number): string => `${x.toFixed(1)},${y.toFixed(1)}`;

/** One flat list of differences (x, y, dx, dy, …) as a path. */
function trace(line: number[], step: number, close: boolean): string {
  let [x, y] = [0, 0];
  const points: string[] = [];
  for (let n = 0; n < line.length; n += 2) {
    x += line[n] ?? 0;
    y += line[n + 1] ?? 0;
    points.push(written(...point(x * step, y * step)));
  }
  return `M${points.join("L")}${close ? "Z" : ""}`;
}

function meridian(longitude: number): string {
  const points = Array.from({ length: 37 }, (_, n) => written(...point(longitude, -90 + n * 5)));
  return `M${points.join("L")}`;
}

function parallel(latitude: number): string {
  return `M${written(...point(MIDDLE - 180, latitude))}L${written(...point(MIDDLE + 180, latitude))}`;
}

function sphere(): string {
  const side = (longitude: number, up: boolean): string[] => Array.from({ length: 37 }, (_, n) => written(...point(longitude, (up ? -1 : 1) * (-90 + n * 5) * -1)));
  return `M${[...side(MIDDLE + 180, false), ...side(MIDDLE - 180, true)].join("L")}Z`;
}

let made: Promise<World> | null = null;

async function traced(given: File): Promise<World> {
  const breathe = breathing();
  const all = async (lines: number[][], close: boolean): Promise<string> => {
    const parts: string[] = [];
    for (const line of lines) {
      parts.push(trace(line, given.step, close));
      await breathe();
    }
    return parts.join("");
  };
  const shapes: Shape[] = [];
  for (const [code, place] of Object.entries(given.places)) {
    const [x, y] = point(...place.label);
    shapes.push({ code, path: await all(place.rings, true), x, y, small: place.area < SMALL });
  }
  return {
    width: WIDTH,
    height: HEIGHT,
    sphere: sphere(),
    graticule: [-150, -120, -90, -60, -30, 0, 30, 60, 90, 120, 150, 180].map(meridian).join("") + [-60, -30, 0, 30, 60].map(parallel).join(""),
    shapes,
    disputed: await all(given.disputed, true),
    borders: await all(given.borders, false),
    coasts: await all(given.coasts, false),
  };
}

/** The world to draw. Throws `ApiError` where the outlines cannot be had. */
export function world(): Promise<World> {
  made ??= get<File>(file).then(traced).catch((error: unknown) => {
    made = null;
    throw error instanceof ApiError ? error : new ApiError("offline", 0, String(error), []);
  });
  return made;
}
