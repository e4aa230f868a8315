using BufferLifetime.Analyzers.Flow;
using Xunit;

namespace BufferLifetime.Analyzers.Tests.Engine;

/// <summary>The persistent map against a dictionary, on random operations.</summary>
public sealed class IntMapTests
{
    public static TheoryData<int> Seeds() => [.. Enumerable.Range(1, 40)];

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Random_updates_leave_what_a_dictionary_holds(int seed)
    {
        Random random = new(seed);
        (IntMap<string> map, Dictionary<int, string> model) = (IntMap<string>.Empty, []);
        for (int step = 0; step < 400; step++)
        {
            int key = Key(random);
            if (random.Next(3) == 0)
            {
                map = map.Remove(key);
                model.Remove(key);
            }
            else
            {
                string value = Value(random);
                map = map.Set(key, value);
                model[key] = value;
            }

            Assert.Equal(model.TryGetValue(key, out string? expected), map.TryGet(key, out string found));
            Assert.Equal(expected, found);
        }

        AssertHolds(model, map);
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Older_maps_keep_what_they_held(int seed)
    {
        Random random = new(seed);
        List<(IntMap<string> Map, Dictionary<int, string> Model)> history = [(IntMap<string>.Empty, [])];
        for (int step = 0; step < 60; step++)
        {
            (IntMap<string> map, Dictionary<int, string> model) = history[random.Next(history.Count)];
            int key = Key(random);
            model = new Dictionary<int, string>(model);
            if (random.Next(3) == 0)
            {
                map = map.Remove(key);
                model.Remove(key);
            }
            else
            {
                model[key] = Value(random);
                map = map.Set(key, model[key]);
            }

            history.Add((map, model));
        }

        Assert.All(history, version => AssertHolds(version.Model, version.Map));
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Merge_keeps_drops_and_joins_as_it_is_told(int seed)
    {
        Random random = new(seed);
        for (int round = 0; round < 40; round++)
        {
            (IntMap<string> a, Dictionary<int, string> modelOfA, IntMap<string> b, Dictionary<int, string> modelOfB) = FillTwo(random);

            IntMap<string> merged = IntMap<string>.Merge(a, b, KeepSome, JoinSome);

            Dictionary<int, string> expected = [];
            foreach (int key in modelOfA.Keys.Union(modelOfB.Keys))
            {
                bool inA = modelOfA.TryGetValue(key, out string? x), inB = modelOfB.TryGetValue(key, out string? y);
                string result;
                // What both share is kept as it is: joining a value with itself must give it back.
                bool kept = inA && inB ? x == y ? Same(x!, out result) : JoinSome(key, x!, y!, out result) : KeepSome(key, (inA ? x : y)!, out result);
                if (kept)
                    expected[key] = result;
            }

            AssertHolds(expected, merged);
        }
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Merge_that_changes_nothing_is_the_left_map_itself(int seed)
    {
        Random random = new(seed);
        for (int round = 0; round < 40; round++)
        {
            (IntMap<string> a, Dictionary<int, string> model) = Fill(random, IntMap<string>.Empty, [], random.Next(30));
            // The same content, put together in another order: no node is shared.
            IntMap<string> b = IntMap<string>.Empty;
            foreach ((int key, string value) in model.OrderBy(_ => random.Next()))
                b = b.Set(key, new string(value.AsSpan()));
            Assert.Same(a, IntMap<string>.Merge(a, b, KeepAll, KeepLeft));

            // Less than the left one holds, where one side is enough to keep a key.
            IntMap<string> less = b;
            foreach (int key in model.Keys.Where(_ => random.Next(2) == 0))
                less = less.Remove(key);
            Assert.Same(a, IntMap<string>.Merge(a, less, KeepAll, KeepLeft));

            // More than the left one holds, where both sides are needed.
            IntMap<string> more = b;
            for (int i = 0; i < 5; i++)
            {
                int key = Key(random);
                if (!model.ContainsKey(key))
                    more = more.Set(key, "more");
            }

            Assert.Same(a, IntMap<string>.Merge(a, more, DropAll, KeepLeft));
        }
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Maps_are_equal_when_they_hold_the_same(int seed)
    {
        Random random = new(seed);
        for (int round = 0; round < 40; round++)
        {
            (IntMap<string> a, Dictionary<int, string> model) = Fill(random, IntMap<string>.Empty, [], 1 + random.Next(20));
            IntMap<string> b = IntMap<string>.Empty;
            foreach ((int key, string value) in model.OrderBy(_ => random.Next()))
                b = b.Set(key, value);
            IntMap<string> detour = b.Set(7777, "x").Remove(7777);
            int one = model.Keys.ElementAt(random.Next(model.Count));

            Assert.True(IntMap<string>.Equal(a, b, string.Equals));
            Assert.True(IntMap<string>.Equal(a, detour, string.Equals));
            Assert.False(IntMap<string>.Equal(a, b.Remove(one), string.Equals));
            Assert.False(IntMap<string>.Equal(a, b.Set(one, "another"), string.Equals));
            Assert.False(IntMap<string>.Equal(a, b.Set(7777, "x"), string.Equals));
            Assert.True(IntMap<string>.Equal(a, b.Set(one, "another"), static (_, _) => true));
        }
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Merge_that_gives_what_the_right_map_holds_is_the_right_map_itself(int seed)
    {
        Random random = new(seed);
        for (int round = 0; round < 40; round++)
        {
            (IntMap<string> b, Dictionary<int, string> model) = Fill(random, IntMap<string>.Empty, [], 2 + random.Next(30));
            IntMap<string> a = b;
            foreach (int key in model.Keys.Where(_ => random.Next(2) == 0))
                a = random.Next(2) == 0 ? a.Remove(key) : a.Set(key, "other");

            Assert.Same(b, IntMap<string>.Merge(a, b, KeepAll, static (int _, string _, string right, out string result) => Same(right, out result)));
        }
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void What_differs_in_both_maps_is_found_wherever_it_is(int seed)
    {
        Random random = new(seed);
        for (int round = 0; round < 40; round++)
        {
            (IntMap<string> a, Dictionary<int, string> modelOfA, IntMap<string> b, Dictionary<int, string> modelOfB) = FillTwo(random);
            (string, string)[] differing = [.. modelOfA.Keys.Intersect(modelOfB.Keys).Select(key => (modelOfA[key], modelOfB[key])).Where(pair => pair.Item1 != pair.Item2).Order()];

            List<(string, string)> met = [];
            Assert.False(IntMap<string>.AnyInBoth(a, b, (x, y) =>
            {
                if (x != y)
                    met.Add((x, y));
                return false;
            }));
            Assert.Equal(differing, met.Order());
            Assert.Equal(differing.Length > 0, IntMap<string>.AnyInBoth(a, b, static (x, y) => x != y));

            // One after the other, so that each alone decides.
            foreach (int key in modelOfA.Keys.Intersect(modelOfB.Keys))
            {
                Assert.True(IntMap<string>.AnyInBoth(a.Set(key, "only here"), b, static (x, _) => x == "only here"));
                Assert.True(IntMap<string>.AnyInBoth(a, b.Set(key, "only there"), static (_, y) => y == "only there"));
            }
        }
    }

    [Fact]
    public void Update_that_changes_nothing_is_the_map_itself()
    {
        IntMap<string> map = IntMap<string>.Empty.Set(1, "a").Set(2, "b").Set(1 << 20, "c");

        Assert.Same(map, map.Set(2, "b"));
        Assert.Same(map, map.Remove(3));
        Assert.Same(map, map.Remove(-1));
        Assert.NotSame(map, map.Set(2, "c"));
        Assert.Same(IntMap<string>.Empty, IntMap<string>.Empty.Remove(1));
        Assert.True(map.Remove(1).Remove(2).Remove(1 << 20).IsEmpty);
    }

    [Fact]
    public void Keys_at_the_ends_of_the_range_are_kept_apart()
    {
        int[] keys = [0, 1, -1, int.MaxValue, int.MinValue, int.MinValue + 1, 1 << 30, -(1 << 30)];
        IntMap<string> map = IntMap<string>.Empty;
        foreach (int key in keys)
            map = map.Set(key, $"{key}");

        AssertHolds(keys.ToDictionary(key => key, key => $"{key}"), map);
        AssertHolds(keys.ToDictionary(key => key, key => $"{key}"), IntMap<string>.Merge(map.Remove(0), map.Remove(int.MinValue), KeepAll, KeepLeft));
    }

    private static int Key(Random random) => random.Next(4) switch
    {
        0 => random.Next(8),
        1 => random.Next(64),
        2 => 1 << random.Next(31),
        _ => random.Next(5000),
    };

    private static string Value(Random random) => $"v{random.Next(3)}";

    private static (IntMap<string> Map, Dictionary<int, string> Model) Fill(Random random, IntMap<string> map, Dictionary<int, string> model, int count)
    {
        for (int i = 0; i < count; i++)
        {
            int key = Key(random);
            model[key] = Value(random);
            map = map.Set(key, model[key]);
        }

        return (map, model);
    }

    /// <summary>Two maps, of which the second is half of the time made of the first and shares its nodes.</summary>
    private static (IntMap<string> A, Dictionary<int, string> ModelOfA, IntMap<string> B, Dictionary<int, string> ModelOfB) FillTwo(Random random)
    {
        (IntMap<string> a, Dictionary<int, string> modelOfA) = Fill(random, IntMap<string>.Empty, [], random.Next(20));
        (IntMap<string> b, Dictionary<int, string> modelOfB) = random.Next(2) == 0
            ? Fill(random, a, new Dictionary<int, string>(modelOfA), random.Next(5))
            : Fill(random, IntMap<string>.Empty, [], random.Next(20));
        return (a, modelOfA, b, modelOfB);
    }

    private static void AssertHolds(Dictionary<int, string> model, IntMap<string> map)
    {
        List<KeyValuePair<int, string>> held = [];
        map.ForEach((key, value) => held.Add(new(key, value)));
        Assert.Equal(model.Count, held.Count);
        Assert.Equal(model.OrderBy(pair => pair.Key), held.OrderBy(pair => pair.Key));
        Assert.Equal(model.Count == 0, map.IsEmpty);
        Assert.All(model, pair => Assert.True(map.TryGet(pair.Key, out string value) && value == pair.Value));
    }

    private static bool Same(string x, out string result)
    {
        result = x;
        return true;
    }

    private static bool KeepSome(int key, string value, out string result)
    {
        result = key % 3 == 0 ? value + "!" : value;
        return key % 2 == 0;
    }

    private static bool JoinSome(int key, string x, string y, out string result)
    {
        // Joining a value with itself gives it back.
        result = x == y ? x : x + y;
        return x == y || key % 5 != 0;
    }

    private static bool KeepAll(int key, string value, out string result) => Same(value, out result);

    private static bool DropAll(int key, string value, out string result)
    {
        result = value;
        return false;
    }

    private static bool KeepLeft(int key, string x, string y, out string result) => Same(x, out result);
}
