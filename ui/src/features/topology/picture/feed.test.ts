import { beforeEach, expect, test, vi } from "vitest";

import type { View } from "@/api/bindings/View";

import { EMPTY_VIEW } from "../view";
import { PictureFeed } from "./feed";
import { encode, frame, header } from "./fixture";

interface Reader {
  item: (message: ArrayBuffer) => void;
  failed: (error: unknown) => void;
}

const stream = vi.hoisted(() => ({ opened: [] as Array<{ request: () => unknown } & Reader>, said: [] as unknown[], closed: 0 }));
vi.mock("@/api/host", () => ({
  asApiError: (thrown: unknown) => thrown,
  streams: {
    picture: (request: () => unknown, reader: Reader) => {
      stream.opened.push({ request, ...reader });
      return { send: (message: unknown) => stream.said.push(message), close: () => (stream.closed += 1) };
    },
  },
}));

beforeEach(() => {
  stream.opened = [];
  stream.said = [];
  stream.closed = 0;
});

const message = (number: number, view: View | undefined, frames = [frame()], picture = 1) => encode(header({ number, picture, view, frames }), Array.from({ length: 4 + 4 * frames.length }, () => 0));

test("keeps the picture whole over messages and asks to resume after the last", () => {
  const feed = new PictureFeed("a", EMPTY_VIEW);
  feed.restart();
  expect(feed.state.get().waiting).toBe(true);
  stream.opened[0]?.item(message(1, EMPTY_VIEW));
  stream.opened[0]?.item(message(2, undefined));
  expect(feed.state.get()).toMatchObject({ waiting: false, error: null });
  expect(stream.opened[0]?.request()).toMatchObject({ resume: 2 });
});

test("after a lost message everything is asked for again, and the old picture stays meanwhile", () => {
  const feed = new PictureFeed("a", EMPTY_VIEW);
  feed.restart();
  stream.opened[0]?.item(message(1, EMPTY_VIEW));
  stream.opened[0]?.item(message(5, undefined));
  expect(stream.closed).toBe(1);
  expect(stream.opened[1]?.request()).toMatchObject({ resume: null });
  expect(feed.state.get().picture?.number).toBe(1);
});

test("another view is asked for on the same stream, and waited for until its picture begins", () => {
  const feed = new PictureFeed("a", EMPTY_VIEW);
  feed.restart();
  stream.opened[0]?.item(message(1, EMPTY_VIEW));
  const traffic: View = { ...EMPTY_VIEW, lens: "traffic" };
  feed.show(traffic);
  expect(stream.said).toEqual([traffic]);
  // What was on its way still shows the view before.
  stream.opened[0]?.item(message(2, undefined));
  expect(feed.state.get()).toMatchObject({ waiting: true });
  stream.opened[0]?.item(message(3, traffic, [frame()], 2));
  expect(feed.state.get()).toMatchObject({ waiting: false });
  // Where the connection breaks, the request says it all.
  expect(stream.opened[0]?.request()).toMatchObject({ view: traffic, resume: 3 });
  expect(stream.opened).toHaveLength(1);
});

test("back in the view that is held before anything of the other came, nothing is waited for", () => {
  const feed = new PictureFeed("a", EMPTY_VIEW);
  feed.restart();
  stream.opened[0]?.item(message(1, EMPTY_VIEW));
  feed.show({ ...EMPTY_VIEW, lens: "traffic" });
  feed.show({ ...EMPTY_VIEW });
  expect(feed.state.get()).toMatchObject({ waiting: false });
});

test("a stream that failed is opened anew for another view", () => {
  const feed = new PictureFeed("a", EMPTY_VIEW);
  feed.restart();
  stream.opened[0]?.item(message(1, EMPTY_VIEW));
  stream.opened[0]?.failed({ code: "failed", message: "drawing failed", detail: null });
  feed.show({ ...EMPTY_VIEW, lens: "traffic" });
  expect(stream.opened[1]?.request()).toMatchObject({ view: { lens: "traffic" }, resume: 1 });
  expect(stream.said).toEqual([]);
});

test("a torn message becomes an error with the last picture kept", () => {
  const feed = new PictureFeed("a", EMPTY_VIEW);
  feed.restart();
  stream.opened[0]?.item(message(1, EMPTY_VIEW));
  stream.opened[0]?.item(new ArrayBuffer(3));
  expect(feed.state.get().error?.message).toMatch(/too short/);
  expect(feed.state.get().picture?.number).toBe(1);
});

test("who listens late gets the whole picture first", () => {
  const feed = new PictureFeed("a", EMPTY_VIEW);
  feed.restart();
  stream.opened[0]?.item(message(1, EMPTY_VIEW));
  const heard: unknown[] = [];
  feed.listen((applied) => heard.push(applied.dirty));
  expect(heard).toEqual([null]);
});

/** Answers about the pictures in the list; every other is gone. */
const about = (...pictures: Array<number | null>) => vi.fn(async (picture: number | null) => (pictures.includes(picture) ? `about ${picture}` : Promise.reject({ code: "gone", message: "replaced", detail: null })));

test("a question about a picture that is being replaced is asked again of the one that comes", async () => {
  const feed = new PictureFeed("a", EMPTY_VIEW);
  feed.restart();
  stream.opened[0]?.item(message(1, EMPTY_VIEW));
  const question = about(2);
  const answer = feed.ask(question);
  feed.show({ ...EMPTY_VIEW, lens: "traffic" });
  await vi.waitFor(() => expect(question).toHaveBeenCalledWith(1));
  stream.opened[0]?.item(message(2, { ...EMPTY_VIEW, lens: "traffic" }, [frame()], 2));
  expect(await answer).toBe("about 2");
});

test("a question does not wait for a picture that will not come", async () => {
  const feed = new PictureFeed("a", EMPTY_VIEW);
  feed.restart();
  stream.opened[0]?.item(message(1, EMPTY_VIEW));
  const stopped = feed.ask(about(2));
  feed.stop();
  await expect(stopped).rejects.toMatchObject({ code: "gone" });
  feed.restart();
  const failed = feed.ask(about(2));
  stream.opened[1]?.failed({ code: "notFound", message: "closed", detail: null });
  await expect(failed).rejects.toMatchObject({ code: "gone" });
});
