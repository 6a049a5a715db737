-- Takes what may leave now: the most urgent class first, each business in its turn, each batch at its pace.
--
-- KEYS[1]  how the names of this queue's keys begin
-- ARGV[1]  the time in microseconds; empty: this server's own
-- ARGV[2]  how many at most
--
-- Answers how long it is until a batch may send again, in microseconds (-1: no batch waits), and then round by round: a class, and
-- for each business that had its turn its name and what it sent. Whoever reads it deals a round out card by card: the first of each
-- business, the second of each, and so on. What a business sent is one string where each element is a bare id, a list otherwise.

local base, room = KEYS[1], tonumber(ARGV[2])
local shut, turns = base .. 'shut', base .. 'turns:'

if redis.call('EXISTS', shut, turns .. 0, turns .. 1, turns .. 2, turns .. 3) == 0 then
  -- Nothing waits. An id that were still held, after an eviction or by a hand from outside, could never be pushed again.
  redis.call('UNLINK', base .. 'held', base .. 'depths', base .. 'bell')
  return { -1 }
end

local taken, left_of_batch, shut_again = {}, {}, {}
local answer = { -1 }
local clock

local function now()
  if not clock then
    clock = tonumber(ARGV[1])
    if not clock then
      local time = redis.call('TIME')
      clock = time[1] * 1000000 + time[2]
    end
  end
  return clock
end

local function whole(number)
  return string.format('%.0f', number)
end

-- The generic cell rate algorithm: what `interval` lies between two, and how many may be ahead of that. Rounded up, so that a batch
-- never leaves faster than its rate; ahead is one second's worth.
local function pace(rate)
  return math.ceil(60000000 / rate), math.max(math.floor(rate / 60), 1)
end

-- The batch that may send again first, and when.
local function first_opening()
  local first = redis.call('ZRANGE', shut, 0, 0, 'WITHSCORES')
  return first[1], first[2] and tonumber(first[2])
end

local function join(class, business, elements)
  local length = redis.call('RPUSH', base .. 'line:' .. class .. ':' .. business, unpack(elements))
  if length == #elements then
    redis.call('RPUSH', turns .. class, business)
  end
end

-- Lets out what the pace of a batch allows by now. As long as something of a batch is out, its gate stays out of `shut`: a batch
-- that waits behind more urgent work saves up no more than what is out.
local function open(batch)
  redis.call('ZREM', shut, batch)
  local gate = base .. 'gate:' .. batch
  local known = redis.call('HMGET', gate, 'rate', 'even', 'class', 'business')
  if not known[1] then
    return
  end
  local interval, burst = pace(tonumber(known[1]))
  local early = math.max(tonumber(known[2] or 0) - now(), 0)
  local allowed = math.max(burst - math.ceil(early / interval), 1)
  local elements = redis.call('LPOP', base .. 'batch:' .. batch, math.min(allowed, room))
  if elements then
    join(known[3], known[4], elements)
    redis.call('HSET', gate, 'out', #elements)
  else
    redis.call('PEXPIRE', gate, 60000)
  end
end

local function open_gates()
  local batch, first = first_opening()
  if batch and first <= now() then
    for _, due in ipairs(redis.call('ZRANGE', shut, '-inf', whole(now()), 'BYSCORE', 'LIMIT', 0, 100)) do
      open(due)
    end
  end
end

-- Moves a gate on by what has left.
local function settle(batch, left)
  local gate, line = base .. 'gate:' .. batch, base .. 'batch:' .. batch
  local known = redis.call('HMGET', gate, 'rate', 'even', 'out')
  if not known[1] then
    return
  end
  local interval, burst = pace(tonumber(known[1]))
  local even = math.max(tonumber(known[2] or 0), now()) + left * interval
  redis.call('HSET', gate, 'even', whole(even))
  if tonumber(known[3] or 0) > left then
    redis.call('HINCRBY', gate, 'out', -left)
    return
  end
  redis.call('HDEL', gate, 'out')
  if redis.call('EXISTS', line) == 1 then
    redis.call('ZADD', shut, whole(even - (burst - 1) * interval), batch)
    shut_again[batch] = true
  else
    -- Remembered until it is as good as new (and a little longer): the rest of a batch that arrives in pieces must not get a fresh
    -- start with each piece.
    redis.call('PEXPIRE', gate, whole(math.ceil((even - now()) / 1000) + 60000))
  end
end

-- Notes what left, and answers it in the shortest form.
local function packed(elements)
  local all = table.concat(elements)
  if #all == 16 * #elements then
    for i = 1, #elements do
      taken[#taken + 1] = elements[i]
    end
    return all
  end
  for i = 1, #elements do
    local element = elements[i]
    taken[#taken + 1] = string.sub(element, 1, 16)
    if #element == 37 and string.sub(element, 34) ~= '\0\0\0\0' then
      local batch = string.sub(element, 18, 33)
      left_of_batch[batch] = (left_of_batch[batch] or 0) + 1
    end
  end
  return elements
end

-- One round: each business in turn sends as many as the next, so that all together fit.
local function round(class, businesses)
  local each = math.floor(room / #businesses)
  local sent, again = {}, {}
  for i = 1, #businesses do
    local business = businesses[i]
    local line = base .. 'line:' .. class .. ':' .. business
    local elements = redis.call('LPOP', line, each)
    if elements then
      room = room - #elements
      sent[#sent + 1] = business
      sent[#sent + 1] = packed(elements)
      if #elements == each and redis.call('EXISTS', line) == 1 then
        again[#again + 1] = business
      end
    end
  end
  if #again > 0 then
    redis.call('RPUSH', turns .. class, unpack(again))
  end
  answer[#answer + 1] = class
  answer[#answer + 1] = sent
end

local function serve(class)
  local before = room
  while room > 0 do
    local businesses = redis.call('LPOP', turns .. class, room)
    if not businesses then
      break
    end
    round(class, businesses)
  end
  if room < before and redis.call('HINCRBY', base .. 'depths', class, room - before) <= 0 then
    redis.call('HDEL', base .. 'depths', class)
  end
end

local function ring()
  if redis.call('EXISTS', base .. 'bell') == 0 then
    redis.call('RPUSH', base .. 'bell', 1)
  end
end

open_gates()
for class = 0, 3 do
  serve(class)
end
if #taken > 0 then
  redis.call('SREM', base .. 'held', unpack(taken))
end
for batch, left in pairs(left_of_batch) do
  settle(batch, left)
end

if redis.call('EXISTS', turns .. 0, turns .. 1, turns .. 2, turns .. 3) > 0 then
  ring()
  return answer
end
local batch, opening = first_opening()
if batch then
  answer[1] = math.max(opening - now(), 0)
  -- Whoever waits already may know of later openings only.
  if shut_again[batch] then
    ring()
  end
else
  redis.call('UNLINK', base .. 'bell')
end
return answer
