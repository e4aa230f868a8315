using Xunit;
using static BufferLifetime.Analyzers.Tests.Rules.RuleCode;

namespace BufferLifetime.Analyzers.Tests.Rules.Suspension;

/// <summary>BUF1202: iterators over the caller's memory that are found after the call.</summary>
public sealed class EscapesCallTests
{
    [Theory]
    [InlineData("_iter = {|BUF1202:iter|};")]
    [InlineData("_boxed = {|BUF1202:iter|};")]
    [InlineData("Iter = {|BUF1202:iter|};")]
    [InlineData("Last = {|BUF1202:iter|};")]
    [InlineData("_many[0] = {|BUF1202:iter|};")]
    [InlineData("_map[1] = {|BUF1202:iter|};")]
    [InlineData("_queue.{|BUF1202:Enqueue|}(iter);")]
    [InlineData("_list.{|BUF1202:Add|}(iter);")]
    [InlineData("_channel.Writer.{|BUF1202:TryWrite|}(iter);")]
    [InlineData("_callback = {|BUF1202:() => Any.Length(iter)|};")]
    [InlineData("Closed += {|BUF1202:(_, _) => Any.Length(iter)|};")]
    [InlineData("_ = Task.{|BUF1202:Run|}(() => Any.Length(iter));")]
    [InlineData("ThreadPool.{|BUF1202:QueueUserWorkItem|}(_ => Any.Length(iter));")]
    [InlineData("new Thread(() => Any.Length(iter)).Start();")]
    [InlineData("_request = new Request { Iter = {|BUF1202:iter|} };")]
    [InlineData("var request = new Request(); request.Iter = {|BUF1202:iter|}; _request = request;")]
    [InlineData("Any.Keep(new Request { Iter = {|BUF1202:iter|} });")]
    public Task Iterator_that_is_found_after_the_call_is_reported(string statement) => VerifyMembersAsync(Class.Replace("STATEMENT", statement.Replace("new Thread(", "{|BUF1202:new Thread(").Replace("iter)).Start", "iter))|}.Start")));

    [Theory]
    [InlineData("IovIter copy = iter; Any.Length(copy);")]
    [InlineData("var list = new List<IovIter> { iter }; list.Add(iter); Any.Length(list[0]);")]
    [InlineData("_length = iter.Count;")]
    [InlineData("Func<long> now = () => Any.Length(iter); _length = now();")]
    [InlineData("_length = Enumerable.Range(0, 3).Sum(i => Any.Length(iter));")]
    [InlineData("new List<int> { 1 }.ForEach(i => Any.Length(iter));")]
    [InlineData("long Local() => Any.Length(iter); _length = Local();")]
    [InlineData("if (!iter.IsUserBacked) _iter = iter;")]
    [InlineData("_kept = iter.ExtractToBvec(); _iter = _kept.Iter;")]
    [InlineData("var request = new Request { Iter = iter }; Any.Length(request.Iter);")]
    [InlineData("iter = IovIter.Kvec(new IoVector[1], TransferDirection.Source); _iter = iter;")]
    [InlineData("Walk walk = default; walk.Iter = iter; Any.Length(walk.Iter);")]
    [InlineData("_ = iter;")]
    [InlineData("IovIter[] two = [iter, iter]; Any.Length(two[0]);")]
    public Task Iterator_that_ends_with_the_call_is_silent(string statement) => VerifyMembersAsync(Class.Replace("STATEMENT", statement));

    private const string Class = """

        private IovIter _iter;
        private object? _boxed;
        private long _length;
        private ExtractedIter? _kept;
        private Request? _request;
        private Func<long>? _callback;
        private readonly IovIter[] _many = new IovIter[1];
        private readonly Dictionary<int, IovIter> _map = [];
        private readonly Queue<IovIter> _queue = new();
        private readonly List<IovIter> _list = [];
        private readonly Channel<IovIter> _channel = Channel.CreateUnbounded<IovIter>();
        private event EventHandler? Closed;
        private IovIter Iter { get; set; }
        private static IovIter Last { get; set; }

        private sealed class Request { public IovIter Iter { get; set; } }
        private struct Walk { public IovIter Iter; }

        void M(IovIter iter)
        {
            STATEMENT
        }
        """;

    [Fact]
    public Task Struct_that_wraps_an_iterator_is_silent() => VerifyAsync("""
        internal ref struct Reader
        {
            private IovIter _iter;
            public Reader(IovIter iter) => _iter = iter;
            public void Reset(IovIter iter) => _iter = iter;
            public long Left => _iter.Count;
        }

        internal struct Cursor
        {
            private IovIter _iter;
            public Cursor(IovIter iter) => _iter = iter;
            public long Left => _iter.Count;
        }
        """);

    [Fact]
    public Task Iterator_yielded_to_a_later_caller_is_reported() => VerifyMembersAsync("""

        static IEnumerable<IovIter> Twice(IovIter iter)
        {
            yield return {|BUF1202:iter|};
        }
        """);

    [Fact]
    public Task Field_of_an_iterator_method_is_set_too_late() => VerifyMembersAsync("""

        private IovIter _kept;

        IEnumerable<int> M(IovIter iter)
        {
            _kept = {|BUF1202:iter|};
            yield return 1;
        }
        """);

    [Theory]
    [InlineData("IovIter iter", "")]
    [InlineData("Memory<byte> memory", "IovIter iter = IovIter.Ubuf(memory, TransferDirection.Destination);")]
    public Task Local_iterator_function_that_is_returned_has_what_it_captures_too_long(string parameter, string before) => VerifyMembersAsync($$"""

        static IEnumerable<long> M({{parameter}})
        {
            {{before}}
            return {|BUF1202:Parts()|};

            IEnumerable<long> Parts()
            {
                yield return Any.Length(iter);
                yield return 1;
            }
        }
        """);

    [Theory]
    [InlineData("IovIter iter = IovIter.Bvec(entries, TransferDirection.Source); return Parts();", "Any.Length(iter)")]
    [InlineData("IovIter iter = IovIter.Ubuf(memory); long n = Parts().Sum(); return [n];", "Any.Length(iter)")]
    [InlineData("return Parts();", "Any.Length(IovIter.Ubuf(memory))")]
    public Task Local_iterator_function_over_stable_memory_or_enumerated_at_once_is_silent(string statements, string yielded) => VerifyMembersAsync($$"""

        static IEnumerable<long> M(Memory<byte> memory, BvecEntry[] entries)
        {
            {{statements}}

            IEnumerable<long> Parts()
            {
                yield return {{yielded}};
            }
        }
        """);

    [Fact]
    public Task Parameter_returned_from_an_async_method_is_reported() => VerifyMembersAsync("""

        static async Task<IovIter> M(IovIter iter)
        {
            if (Any.Chance())
                return {|BUF1202:iter|};

            await Any.Pause();
            return default;
        }
        """);

    [Fact]
    public Task Factory_that_returns_what_it_made_is_silent() => VerifyMembersAsync("""

        static IovIter Whole(Memory<byte> memory) => IovIter.Ubuf(memory, TransferDirection.Source);

        static IovIter Same(IovIter iter) => iter;

        static async Task<IovIter> LaterAsync(Memory<byte> memory)
        {
            await Any.Pause();
            return IovIter.Ubuf(memory, TransferDirection.Source);
        }
        """);

    [Fact]
    public Task Iterator_used_after_an_await_and_stored_is_told_once() => VerifyMembersAsync("""

        private IovIter _iter;

        async Task M(IovIter iter)
        {
            await Any.Pause();
            Any.Length({|BUF1201:iter|});
            _iter = iter;
        }
        """);
}
