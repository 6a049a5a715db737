-- Adds what is due.
--
-- KEYS[1]    how the names of this queue's keys begin
-- ARGV[1]    how many ids there are
-- ARGV[2..]  the ids, group by group; then for each group: its class, its business (empty: the platform), what follows each of its
--            ids (see ready.rs), and how many ids it has
--
-- An id that is held already is left out. Everything of a call is held or nothing is: a script runs alone and whole.

local base, count = KEYS[1], tonumber(ARGV[1])
local first, last = 2, count + 1
local held = base .. 'held'

local known = redis.call('SMISMEMBER', held, unpack(ARGV, first, last))
local added = redis.call('SADD', held, unpack(ARGV, first, last))
if added == 0 then
  return 0
end

-- The elements of a group that were not held, as a list and its range: the arguments themselves where nothing must change.
local function elements(from, to, suffix)
  if added == count and suffix == '' then
    return ARGV, from, to
  end
  local list = {}
  for i = from, to do
    if known[i - 1] == 0 then
      list[#list + 1] = ARGV[i] .. suffix
    end
  end
  return list, 1, #list
end

local function rate_of(suffix)
  if #suffix < 21 then
    return 0
  end
  local a, b, c, d = string.byte(suffix, 18, 21)
  return ((a * 256 + b) * 256 + c) * 256 + d
end

-- A batch with a pace waits in a line of its own, behind a gate that pop.lua opens.
local function add_paced(batch, rate, class, business, list, from, to)
  redis.call('RPUSH', base .. 'batch:' .. batch, unpack(list, from, to))
  local gate = base .. 'gate:' .. batch
  local known_gate = redis.call('HMGET', gate, 'out', 'even')
  redis.call('HSET', gate, 'rate', rate, 'class', class, 'business', business)
  redis.call('PERSIST', gate)
  if not known_gate[1] then
    -- One second's worth may leave ahead of the even rate.
    local ahead = (math.max(math.floor(rate / 60), 1) - 1) * math.ceil(60000000 / rate)
    local opens = math.max(tonumber(known_gate[2] or 0) - ahead, 0)
    redis.call('ZADD', base .. 'shut', string.format('%.0f', opens), batch)
  end
end

local function add(class, business, list, from, to)
  local length = redis.call('RPUSH', base .. 'line:' .. class .. ':' .. business, unpack(list, from, to))
  if length == to - from + 1 then
    redis.call('RPUSH', base .. 'turns:' .. class, business)
  end
end

local depths = {}
for group = last + 1, #ARGV, 4 do
  local class, business, suffix, size = ARGV[group], ARGV[group + 1], ARGV[group + 2], tonumber(ARGV[group + 3])
  local list, from, to = elements(first, first + size - 1, suffix)
  first = first + size
  if from <= to then
    depths[class] = (depths[class] or 0) + to - from + 1
    local rate = rate_of(suffix)
    if rate > 0 then
      add_paced(string.sub(suffix, 2, 17), rate, class, business, list, from, to)
    else
      add(class, business, list, from, to)
    end
  end
end
for class, more in pairs(depths) do
  redis.call('HINCRBY', base .. 'depths', class, more)
end

-- One ring is enough: whoever takes something and leaves more behind rings again.
if redis.call('EXISTS', base .. 'bell') == 0 then
  redis.call('RPUSH', base .. 'bell', 1)
end
return added
