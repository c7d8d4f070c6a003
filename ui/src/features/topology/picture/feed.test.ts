import { beforeEach, expect, test, vi } from "vitest";

import { EMPTY_VIEW } from "../view";
import { PictureFeed } from "./feed";
import { encode, frame, header } from "./fixture";

const stream = vi.hoisted(() => ({ opened: [] as Array<{ request: () => unknown; message: (message: ArrayBuffer) => void; failed: (error: unknown) => void }>, closed: 0 }));
vi.mock("@/api/client", () => ({
  asApiError: (thrown: unknown) => thrown,
  openPicture: (request: () => unknown, reader: { message: (message: ArrayBuffer) => void; failed: (error: unknown) => void }) => {
    stream.opened.push({ request, ...reader });
    return () => {
      stream.closed += 1;
    };
  },
}));

beforeEach(() => {
  stream.opened = [];
  stream.closed = 0;
});

const message = (number: number, reset: boolean, frames = [frame()], picture = 1) => encode(header({ number, picture, reset, frames }), Array.from({ length: 4 + 4 * frames.length }, () => 0));

test("keeps the picture whole over messages and asks to resume after the last", () => {
  const feed = new PictureFeed("a", EMPTY_VIEW);
  feed.restart();
  expect(feed.state.get().waiting).toBe(true);
  stream.opened[0]?.message(message(1, true));
  stream.opened[0]?.message(message(2, false));
  expect(feed.state.get()).toMatchObject({ waiting: false, error: null });
  expect(stream.opened[0]?.request()).toMatchObject({ resume: 2 });
});

test("after a lost message everything is asked for again, and the old picture stays meanwhile", () => {
  const feed = new PictureFeed("a", EMPTY_VIEW);
  feed.restart();
  stream.opened[0]?.message(message(1, true));
  stream.opened[0]?.message(message(5, false));
  expect(stream.closed).toBe(1);
  expect(stream.opened[1]?.request()).toMatchObject({ resume: null });
  expect(feed.state.get().picture?.number).toBe(1);
});

test("another view is another subscription, which begins with the places of the one before", () => {
  const feed = new PictureFeed("a", EMPTY_VIEW);
  feed.restart();
  stream.opened[0]?.message(message(1, true));
  feed.show({ ...EMPTY_VIEW, lens: "traffic" });
  expect(stream.opened[1]?.request()).toMatchObject({ view: { lens: "traffic" }, resume: 1 });
  expect(feed.state.get()).toMatchObject({ waiting: true });
  // Back before anything of it came: what is held is what is asked for.
  feed.show(EMPTY_VIEW);
  expect(stream.opened[2]?.request()).toMatchObject({ resume: 1 });
  expect(feed.state.get()).toMatchObject({ waiting: false });
});

test("a torn message becomes an error with the last picture kept", () => {
  const feed = new PictureFeed("a", EMPTY_VIEW);
  feed.restart();
  stream.opened[0]?.message(message(1, true));
  stream.opened[0]?.message(new ArrayBuffer(3));
  expect(feed.state.get().error?.message).toMatch(/too short/);
  expect(feed.state.get().picture?.number).toBe(1);
});

test("who listens late gets the whole picture first", () => {
  const feed = new PictureFeed("a", EMPTY_VIEW);
  feed.restart();
  stream.opened[0]?.message(message(1, true));
  const heard: unknown[] = [];
  feed.listen((applied) => heard.push(applied.dirty));
  expect(heard).toEqual([null]);
});

/** Answers about the pictures in the list; every other is gone. */
const about = (...pictures: Array<number | null>) => vi.fn(async (picture: number | null) => (pictures.includes(picture) ? `about ${picture}` : Promise.reject({ code: "gone", message: "replaced", detail: null })));

test("a question about a picture that is being replaced is asked again of the one that comes", async () => {
  const feed = new PictureFeed("a", EMPTY_VIEW);
  feed.restart();
  stream.opened[0]?.message(message(1, true));
  const question = about(2);
  const answer = feed.ask(question);
  feed.show({ ...EMPTY_VIEW, lens: "traffic" });
  await vi.waitFor(() => expect(question).toHaveBeenCalledWith(1));
  stream.opened[1]?.message(message(1, true, [frame()], 2));
  expect(await answer).toBe("about 2");
});

test("a question does not wait for a picture that will not come", async () => {
  const feed = new PictureFeed("a", EMPTY_VIEW);
  feed.restart();
  stream.opened[0]?.message(message(1, true));
  const stopped = feed.ask(about(2));
  feed.stop();
  await expect(stopped).rejects.toMatchObject({ code: "gone" });
  feed.restart();
  const failed = feed.ask(about(2));
  stream.opened[1]?.failed({ code: "notFound", message: "closed", detail: null });
  await expect(failed).rejects.toMatchObject({ code: "gone" });
});
