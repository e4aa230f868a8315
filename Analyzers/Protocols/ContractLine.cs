using System.Collections.Immutable;
using System.Globalization;
using BufferLifetime.Analyzers.Flow;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Text;

namespace BufferLifetime.Analyzers.Protocols;

/// <summary>One line of a contract file: a member, a verb, a slot, and for an acquisition the mode.</summary>
internal sealed class ContractLine
{
    private readonly string _id;
    private readonly string _verb;
    private readonly Slot _slot;
    private readonly Holding _mode;

    private ContractLine(TextLine line, string id, string verb, Slot slot, Holding mode, string? mistake)
    {
        Line = line;
        Mistake = mistake;
        _id = id;
        _verb = verb;
        _slot = slot;
        _mode = mode;
    }

    public TextLine Line { get; }

    /// <summary>What is wrong with the line as it stands, or null.</summary>
    public string? Mistake { get; }

    public static IEnumerable<ContractLine> In(SourceText text)
    {
        foreach (TextLine line in text.Lines)
        {
            if (Parse(line) is { } parsed)
            {
                yield return parsed;
            }
        }
    }

    public ImmutableArray<ISymbol> Members(Compilation compilation) =>
        Mistake is null ? DocumentationCommentId.GetSymbolsForDeclarationId(_id, compilation) : ImmutableArray<ISymbol>.Empty;

    /// <summary>What the line says of the member; nothing where the member has no such slot.</summary>
    public IEnumerable<Effect> EffectsOn(ISymbol member, IContractSource contracts)
    {
        bool exists = _slot.Kind switch
        {
            SlotKind.Argument => _slot.Index < Declared.ParametersOf(member).Length,
            SlotKind.Receiver => !member.IsStatic,
            _ => _verb == "acquires" && Declared.ReturnsSomethingToHold(member),
        };
        return !exists ? [] : _verb switch
        {
            "acquires" => [Declared.Acquire(member, _slot, _mode)],
            "releases" => Declared.Release(member, _slot),
            "borrows" => [Declared.Borrow(member, _slot, contracts)],
            "retains" => [new Effect.Retain(_slot)],
            "views" => [new Effect.View(_slot)],
            _ => [new Effect.Lend(_slot)],
        };
    }

    private static ContractLine? Parse(TextLine line)
    {
        List<string> words = [];
        foreach (string word in line.ToString().Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries))
        {
            if (word[0] == '#')
            {
                break;
            }

            words.Add(word);
        }

        if (words.Count == 0)
        {
            return null;
        }

        ContractLine Wrong(string why) => new(line, string.Empty, string.Empty, default, default, why);

        string id = words[0];
        if (id.Length < 3 || !(id.StartsWith("M:", StringComparison.Ordinal) || id.StartsWith("P:", StringComparison.Ordinal)))
        {
            return Wrong($"'{id}' is not the documentation-comment ID of a method or property (M:… or P:…)");
        }

        if (words.Count < 3)
        {
            return Wrong("a line is an ID, a verb, and 'result', 'this' or the number of a parameter");
        }

        if (words[1] is not ("acquires" or "releases" or "borrows" or "retains" or "views" or "lends") || (words[1] != "acquires" && words[2] == "result"))
        {
            return Wrong($"'{words[1]} {words[2]}' is none of: acquires, releases, borrows, retains, views or lends, and what it is done to");
        }

        Slot? slot = words[2] switch
        {
            "result" => Slot.Result,
            "this" => Slot.Receiver,
            var number => int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out int index) ? Slot.Argument(index) : null,
        };
        if (slot is not { } known)
        {
            return Wrong($"'{words[2]}' is none of: 'result', 'this', the number of a parameter from 0 on");
        }

        Holding mode = words.Count < 4 ? Holding.Nothing : words[3] switch
        {
            "pin" => Holding.HeldPin,
            "get" => Holding.HeldGet,
            "none" => Holding.HeldNone,
            "owned" => Holding.Held,
            _ => Holding.Nothing,
        };
        return (words[1] == "acquires") != (mode != Holding.Nothing) || words.Count > 4
            ? Wrong("an acquisition, and nothing else, ends with its mode: pin, get, none or owned")
            : new ContractLine(line, id, words[1], known, mode, null);
    }
}
