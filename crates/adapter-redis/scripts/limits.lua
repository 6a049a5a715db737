-- Decides on asks by the generic cell rate algorithm: one number a key, the time at which the next one would be due if all had been
-- evenly spaced.
--
-- KEYS     a key for each ask; all of one hash tag
-- ARGV[1]  the time in microseconds; empty: this server's own
-- ARGV     then for each ask: the microseconds between two, how many at once, how many now
--
-- Answers for each ask how many microseconds it must wait; 0: granted.

local now = tonumber(ARGV[1])
if not now then
  local time = redis.call('TIME')
  now = time[1] * 1000000 + time[2]
end

local answer = {}
for i, key in ipairs(KEYS) do
  local interval, burst, count = tonumber(ARGV[i * 3 - 1]), tonumber(ARGV[i * 3]), tonumber(ARGV[i * 3 + 1])
  local even = math.max(tonumber(redis.call('GET', key) or 0), now) + count * interval
  local ahead = even - now - burst * interval
  if ahead > 0 then
    answer[i] = ahead
  else
    if even > now then
      redis.call('SET', key, string.format('%.0f', even), 'PX', string.format('%.0f', math.ceil((even - now) / 1000)))
    end
    answer[i] = 0
  end
end
return answer
