using System.Collections.Immutable;
using BufferLifetime.Analyzers.Flow;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Text;

namespace BufferLifetime.Analyzers.Protocols;

/// <summary>
/// Contracts of other people's code, one on a line: a documentation-comment ID, what the member does, and to what.
/// <c>M:Vendor.Dma.Map(System.Byte[],System.Int32) acquires result pin</c>
/// </summary>
internal sealed class ContractFile
{
    private const string FileName = "BufferLifetime.contracts.txt";
    private const string Suffix = ".BufferLifetime.txt";

    private readonly Dictionary<ISymbol, Contract> _contracts = new(SymbolEqualityComparer.Default);

    private ContractFile()
    {
    }

    public static bool IsOne(AdditionalText file)
    {
        string name = Path.GetFileName(file.Path);
        return name.Equals(FileName, StringComparison.OrdinalIgnoreCase) || name.EndsWith(Suffix, StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>The contracts of all files, for the members that the compilation has.</summary>
    public static ContractFile Read(ImmutableArray<AdditionalText> files, Compilation compilation, IContractSource contracts, CancellationToken cancellation)
    {
        var read = new ContractFile();
        Dictionary<ISymbol, ImmutableArray<Effect>.Builder> effects = new(SymbolEqualityComparer.Default);
        foreach (AdditionalText file in files)
        {
            if (IsOne(file) && file.GetText(cancellation) is { } text)
            {
                foreach (ContractLine line in ContractLine.In(text))
                {
                    foreach (ISymbol member in line.Members(compilation))
                    {
                        foreach (Effect effect in line.EffectsOn(member, contracts))
                        {
                            if (!effects.TryGetValue(member, out ImmutableArray<Effect>.Builder? known))
                            {
                                effects.Add(member, known = ImmutableArray.CreateBuilder<Effect>());
                            }

                            known.Add(effect);
                        }
                    }
                }
            }
        }

        foreach (KeyValuePair<ISymbol, ImmutableArray<Effect>.Builder> entry in effects)
        {
            read._contracts.Add(entry.Key, new Contract(entry.Value.ToImmutable()));
        }

        return read;
    }

    /// <summary>The lines of a file that say nothing, and why.</summary>
    public static IEnumerable<(TextLine Line, string Why)> Mistakes(SourceText text, Compilation compilation, IContractSource contracts)
    {
        foreach (ContractLine line in ContractLine.In(text))
        {
            if (line.Mistake is { } mistake)
            {
                yield return (line.Line, mistake);
                continue;
            }

            foreach (ISymbol member in line.Members(compilation))
            {
                if (!line.EffectsOn(member, contracts).Any())
                {
                    yield return (line.Line, $"'{member.Name}' has no such parameter or result");
                }
            }
        }
    }

    public bool IsEmpty => _contracts.Count == 0;

    public Contract? Find(ISymbol member)
    {
        for (ISymbol? declared = _contracts.Count == 0 ? null : member; declared is not null; declared = ProtocolTable.Overridden(declared))
        {
            if (_contracts.TryGetValue(declared, out Contract? contract))
            {
                return contract;
            }
        }

        return null;
    }
}
