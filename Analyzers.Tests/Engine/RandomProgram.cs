using System.Text;

namespace BufferLifetime.Analyzers.Tests.Engine;

/// <summary>
/// A small random method over two lease variables, three flags that nobody changes and a source of chance, and what really happens when it
/// is run in every possible way: the truth that a report is held against.
/// </summary>
internal sealed class RandomProgram
{
    private const int Flags = 3;
    private static readonly string[] Variables = ["a", "b"];

    private readonly Random _random;
    private readonly List<Statement> _body;
    private int _sites;
    private int _exits;

    public RandomProgram(int seed, bool withCatch)
    {
        _random = new Random(seed);
        _body = Block(depth: 3, inFinally: false, withCatch);
        _body.Add(new Leave(_exits++, Throws: false));
    }

    /// <summary>The method, its extraction sites named by their size and its exits by their value.</summary>
    public string Write(string name)
    {
        StringBuilder source = new($"static int {name}(Memory<byte> m, bool f0, bool f1, bool f2)\n{{\n");
        source.Append("IovIter iter = IovIter.Ubuf(m, TransferDirection.Destination);\nPageLease? a = null, b = null;\n");
        Write(_body, source);
        return source.Append("}\n").ToString();
    }

    /// <summary>Every (site, exit) at which something is still held, and the sites that are released in some run.</summary>
    public (HashSet<(int Site, int Exit)> Leaks, HashSet<int> Released) RunAll()
    {
        HashSet<(int, int)> leaks = [];
        HashSet<int> released = [];
        List<bool> choices = [];
        do
        {
            Run run = new(choices);
            Outcome outcome = run.Execute(_body, guarded: false);
            if (outcome is { Exit: { } exit })
                leaks.UnionWith(run.Held.Select(site => (site, exit)));
            released.UnionWith(run.EverReleased);
        }
        while (Next(choices));
        return (leaks, released);
    }

    /// <summary>The next sequence of choices in depth-first order; false when all were made.</summary>
    private static bool Next(List<bool> choices)
    {
        while (choices.Count > 0 && choices[^1])
            choices.RemoveAt(choices.Count - 1);
        if (choices.Count == 0)
            return false;
        choices[^1] = true;
        return true;
    }

    private List<Statement> Block(int depth, bool inFinally, bool withCatch)
    {
        List<Statement> block = [];
        int length = _random.Next(1, 4);
        for (int i = 0; i < length; i++)
        {
            switch (_random.Next(depth > 0 ? 12 : 7))
            {
                case 0 or 1 when _sites < 4:
                    block.Add(new Take(Variable(), _sites++));
                    break;
                case 2 or 3:
                    block.Add(new Give(Variable()));
                    break;
                case 4:
                    block.Add(new Copy("b", "a"));
                    break;
                case 5 when !inFinally && _random.Next(3) == 0:
                    block.Add(new Leave(_exits++, Throws: _random.Next(3) == 0));
                    return block;
                case 6:
                    block.Add(new Clear(Variable()));
                    break;
                case 7 or 8 or 9 or 10:
                    block.Add(new Branch(
                        _random.Next(4) switch { 0 => "Chance()", 1 => $"{Variable()} != null", _ => $"{(_random.Next(2) == 0 ? "!" : "")}f{_random.Next(Flags)}" },
                        Block(depth - 1, inFinally, withCatch),
                        _random.Next(2) == 0 ? Block(depth - 1, inFinally, withCatch) : []));
                    break;
                case 11:
                    bool catches = withCatch && _random.Next(2) == 0;
                    block.Add(new Guard(Block(depth - 1, inFinally, withCatch), Block(depth - 1, inFinally || !catches, withCatch), catches));
                    break;
            }
        }

        return block;
    }

    private string Variable() => Variables[_random.Next(Variables.Length)];

    private static void Write(List<Statement> block, StringBuilder source)
    {
        foreach (Statement statement in block)
        {
            switch (statement)
            {
                case Take take:
                    source.Append($"{take.Variable} = iter.ExtractPages({take.Site});\n");
                    break;
                case Give give:
                    source.Append($"{give.Variable}?.Dispose();\n");
                    break;
                case Copy copy:
                    source.Append($"{copy.To} = {copy.From};\n");
                    break;
                case Clear clear:
                    source.Append($"{clear.Variable} = null;\n");
                    break;
                case Leave leave:
                    source.Append(leave.Throws ? $"throw new IOException(\"{leave.Exit}\");\n" : $"return {leave.Exit};\n");
                    break;
                case Branch branch:
                    source.Append($"if ({branch.Condition})\n{{\n");
                    Write(branch.Then, source);
                    source.Append("}\nelse\n{\n");
                    Write(branch.Else, source);
                    source.Append("}\n");
                    break;
                case Guard guard:
                    source.Append("try\n{\n");
                    Write(guard.Body, source);
                    source.Append(guard.Catches ? "}\ncatch (Exception)\n{\n" : "}\nfinally\n{\n");
                    Write(guard.Handler, source);
                    source.Append("}\n");
                    break;
            }
        }
    }

    private abstract record Statement;

    private sealed record Take(string Variable, int Site) : Statement;

    private sealed record Give(string Variable) : Statement;

    private sealed record Copy(string To, string From) : Statement;

    private sealed record Clear(string Variable) : Statement;

    private sealed record Leave(int Exit, bool Throws) : Statement;

    private sealed record Branch(string Condition, List<Statement> Then, List<Statement> Else) : Statement;

    private sealed record Guard(List<Statement> Body, List<Statement> Handler, bool Catches) : Statement;

    /// <summary>How a block was left: not at all, through an exit, or by a failure inside a call, which is no exit of its own.</summary>
    private readonly record struct Outcome(bool IsLeft, int? Exit, bool IsThrown)
    {
        public static readonly Outcome Failure = new(true, null, true);
    }

    /// <summary>One run: what is not decided by the choices so far is decided by false, and can be decided otherwise later.</summary>
    private sealed class Run(List<bool> choices)
    {
        private readonly Dictionary<string, bool> _flags = [];
        private readonly Dictionary<string, int> _variables = [];
        private int _made;

        public HashSet<int> Held { get; } = [];

        public HashSet<int> EverReleased { get; } = [];

        public Outcome Execute(List<Statement> block, bool guarded)
        {
            foreach (Statement statement in block)
            {
                Outcome outcome = Execute(statement, guarded);
                if (outcome.IsLeft)
                    return outcome;
            }

            return default;
        }

        private Outcome Execute(Statement statement, bool guarded)
        {
            switch (statement)
            {
                case Take take:
                    // A call inside a try may fail; elsewhere nothing that happens after it matters here.
                    if (guarded && Choose())
                        return Outcome.Failure;
                    Held.Add(_variables[take.Variable] = take.Site);
                    return default;
                case Give give:
                    if (_variables.TryGetValue(give.Variable, out int site) && Held.Remove(site))
                        EverReleased.Add(site);
                    return default;
                case Copy copy:
                    if (_variables.TryGetValue(copy.From, out int copied))
                        _variables[copy.To] = copied;
                    else
                        _variables.Remove(copy.To);
                    return default;
                case Clear clear:
                    _variables.Remove(clear.Variable);
                    return default;
                case Leave leave:
                    return new Outcome(true, leave.Exit, leave.Throws);
                case Branch branch:
                    bool condition;
                    if (branch.Condition == "Chance()")
                    {
                        if (guarded && Choose())
                            return Outcome.Failure;
                        condition = Choose();
                    }
                    else
                    {
                        condition = branch.Condition.EndsWith("null", StringComparison.Ordinal)
                            ? _variables.ContainsKey(branch.Condition[..1])
                            : Flag(branch.Condition[^2..]) != branch.Condition.StartsWith('!');
                    }

                    return Execute(condition ? branch.Then : branch.Else, guarded);
                case Guard guard:
                    Outcome body = Execute(guard.Body, guarded: true);
                    if (guard.Catches)
                        return body.IsThrown ? Execute(guard.Handler, guarded) : body;
                    Outcome handler = Execute(guard.Handler, guarded);
                    return handler.IsLeft ? handler : body;
                default:
                    return default;
            }
        }

        private bool Flag(string name) => _flags.TryGetValue(name, out bool value) ? value : _flags[name] = Choose();

        private bool Choose()
        {
            if (_made == choices.Count)
                choices.Add(false);
            return choices[_made++];
        }
    }
}
