using System.Globalization;
using System.Text;

namespace BufferLifetime.Benchmarks;

/// <summary>A way to write a body, or a type, of a given number of statements.</summary>
internal sealed record Shape(string Name, Func<int, string> Write)
{
    private const string Open = "PageLease held = iter.ExtractPages(); long sum = held.Bytes;\n";
    private const string Close = "held.Dispose(); return sum;\n";

    public static IReadOnlyList<Shape> All { get; } =
    [
        new("straight line", static n => Body(n, 2, static i => $"long x{i} = iter.Count + {i}; sum += x{i};")),
        new("branches", static n => Body(n, 2, static i => $"if (sum > {i}) sum += 1;")),
        new("returns", static n => Body(n, 3, static i => $"if (sum == {i}) {{ held.Dispose(); return {i}; }}")),
        new("conditions", static n => Body(n, 2, static i => $"if (sum > {i} && iter.Count != {i} || held.Bytes == {i}) sum -= 1;")),
        new("nested loops", static n => Body(n, 5, static i => $"for (int a{i} = 0; a{i} < 9; a{i}++) {{ while (sum > {i}) {{ foreach (char c in \"text\") {{ if (c == 'x') break; sum--; }} }} }}")),
        new("deep loops", static n => Body(n, 16, static i => Nested(8, d => $"while (sum > {d + i}) {{ sum--;", "}"))),
        new("switch", static n => Body(n, 5, static i => $"switch (sum) {{ case {i}: sum++; break; case {-i - 1}: sum--; break; default: sum += {i}; break; }}")),
        new("one switch", static n => Method(Open + "switch (sum) {" + Repeat(n, 2, static i => $"case {i}: sum += {i}; break;") + "}" + Close)),
        new("try nesting", static n => Body(n, 7, static i => $"try {{ try {{ sum += {i}; if (sum == 1) {{ sum = 2; }} }} catch (InvalidOperationException) {{ sum++; }} }} finally {{ sum--; }}")),
        new("deep tries", static n => Body(n, 20, static i => Nested(6, static _ => "try { sum++;", "} finally { sum--; }"))),
        new("lambdas", static n => Body(n, 3, static i => $"Func<long> f{i} = () => {{ using PageLease inner = IovIter.Ubuf(memory, TransferDirection.Source) is var own ? own.ExtractPages() : throw new InvalidOperationException(); return inner.Bytes; }}; sum += f{i}();")),
        new("capturing lambdas", static n => Body(n, 2, static i => $"Func<long> f{i} = () => sum + held.Bytes; sum -= f{i}();")),
        new("local functions", static n => Body(n, 3, static i => $"sum += F{i}(memory); static long F{i}(Memory<byte> memory) {{ IovIter own = IovIter.Ubuf(memory, TransferDirection.Source); using PageLease inner = own.ExtractPages(); return inner.Bytes; }}")),
        new("one resource after another", static n => Body(n, 2, static i => $"using (PageLease l{i} = iter.ExtractPages({i})) {{ sum += l{i}.Bytes; }}")),
        new("resources and returns", static n => Body(n, 4, static i => $"PageLease l{i} = iter.ExtractPages({i}); if (l{i}.IsEmpty) {{ l{i}.Dispose(); held.Dispose(); return {i}; }} l{i}.Dispose();")),
        new("all resources at once", static n => Method(Open + Repeat(n, 2, static i => $"PageLease l{i} = iter.ExtractPages({i});") + Repeat(n, 2, static i => $"l{i}.Dispose();") + Close)),
        new("aliases", static n => Body(n, 1, static i => $"PageLease a{i} = {(i == 0 ? "held" : $"a{i - 1}")};")),
        new("pending operations", static n => Method("await Task.Yield(); long sum = 0;" + Repeat(n, 3, static i => $"byte[] b{i} = ArrayPool<byte>.Shared.Rent({i + 1}); sum += await stream.ReadAsync(b{i}, 0, {i + 1}); ArrayPool<byte>.Shared.Return(b{i});") + "return sum;", "async Task<long>")),
        new("methods of a type", static n => Type(Repeat(n, 3, static i => $"long M{i}(IovIter iter) {{ PageLease lease = iter.ExtractPages(); lease.Dispose(); return lease.Bytes; }}"))),
        new("fields of a type", static n => Type(Repeat(n, 4, static i => $"private PageLease? _f{i}; void Take{i}(IovIter iter) {{ _f{i}?.Dispose(); _f{i} = iter.ExtractPages(); }} void Drop{i}() {{ _f{i}?.Dispose(); _f{i} = null; }}"))),
        new("calls of own methods", static n => Type("private PageLease? _held;" + Repeat(n, 3, static i => $"void M{i}(IovIter iter) {{ _held?.Dispose(); _held = iter.ExtractPages(); {(i == 0 ? "" : $"M{i - 1}(iter);")} }}"))),
        new("many types", static n => Repeat(n, 3, static i => $"class T{i} {{ long M(IovIter iter) {{ PageLease lease = iter.ExtractPages(); lease.Dispose(); return lease.Bytes; }} }}\n")),
    ];

    private static string Body(int statements, int each, Func<int, string> write) => Method(Open + Repeat(statements, each, write) + Close);

    private static string Method(string statements, string returned = "long") =>
        Type($"public {returned} M({(returned == "long" ? "IovIter iter, " : "")}Memory<byte> memory, Stream stream)\n{{\n{statements}}}\n");

    private static string Type(string members) => $"internal sealed class C\n{{\n{members}}}\n";

    private static string Repeat(int statements, int each, Func<int, string> write)
    {
        var text = new StringBuilder();
        for (int i = 0; i < Math.Max(1, statements / each); i++)
            text.Append(write(i)).Append('\n');
        return text.ToString();
    }

    private static string Nested(int depth, Func<int, string> open, string close) =>
        string.Concat(Enumerable.Range(0, depth).Select(open)) + string.Concat(Enumerable.Repeat(close, depth));

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Name}");
}
