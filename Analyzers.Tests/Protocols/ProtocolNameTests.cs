using System.Collections.Immutable;
using BufferLifetime.Analyzers.Flow;
using BufferLifetime.Analyzers.Protocols;
using BufferLifetime.Analyzers.Symbols;
using BufferLifetime.Analyzers.Tests.Verification;
using Microsoft.CodeAnalysis;
using Xunit;

namespace BufferLifetime.Analyzers.Tests.Protocols;

/// <summary>The analyzer knows the library and the framework by name only: every name is held against the real assemblies.</summary>
public sealed class ProtocolNameTests
{
    private static readonly Compilation Real = new AnalyzerHarness().Compile();

    public static TheoryData<string, string> EachMember()
    {
        TheoryData<string, string> members = [];
        foreach ((string type, string member) in ProtocolTable.AllRows().Select(row => (row.Type, row.Member)).Distinct())
            members.Add(type, member);
        return members;
    }

    public static TheoryData<string> EachType() =>
        [.. ProtocolTable.AllRows().SelectMany(row => row.OtherTypes.Append(row.Type)).Distinct()];

    [Theory]
    [MemberData(nameof(EachType))]
    public void Type_that_a_row_names_exists(string type) => Assert.NotNull(Find(type));

    [Theory]
    [MemberData(nameof(EachType))]
    public void Type_has_the_name_that_the_analyzer_would_give_it(string type) => Assert.Equal(type, MetadataNames.Of(Find(type)));

    [Theory]
    [MemberData(nameof(EachMember))]
    public void Member_that_a_row_names_exists(string type, string member) => Assert.NotEmpty(MembersOf(type, member));

    [Theory]
    [MemberData(nameof(EachMember))]
    public void Some_overload_has_the_contract_of_its_row(string type, string member)
    {
        ProtocolTable table = new();

        Assert.Contains(MembersOf(type, member), found => table.Find(found) is { Effects.IsEmpty: false });
    }

    [Fact]
    public void Every_row_is_somebodys_contract()
    {
        List<string> idle = [.. ProtocolTable.AllRows()
            .Where(row => !MembersOf(row.Type, row.Member).Any(member => row.ContractOf(member) is not null))
            .Select(row => $"{row.Type}.{row.Member} ({string.Join(", ", row.OtherTypes)})")];

        Assert.Empty(idle);
    }

    [Fact]
    public void Slots_that_effects_speak_of_are_there_in_some_overload()
    {
        List<string> wrong = [.. ProtocolTable.AllRows()
            .Where(row => !MembersOf(row.Type, row.Member).Any(member => row.ContractOf(member) is { } contract && contract.Effects.All(effect => IsThere(effect.Subject, member))))
            .Select(row => $"{row.Type}.{row.Member}")];

        Assert.Empty(wrong);
    }

    [Fact]
    public void Every_public_member_that_releases_or_takes_pages_has_a_contract()
    {
        ProtocolTable table = new();
        string[] types = ["BufferLifetime.PageFragment", "BufferLifetime.PageFragments", "BufferLifetime.PageLease", "BufferLifetime.ExtractedIter", "BufferLifetime.IovIter"];
        string[] verbs = ["Put", "Unpin", "Release", "PutPages", "Dispose", "ExtractPages", "ExtractToBvec", "GetPages", "GetPagesAlloc", "Ubuf", "Iovec", "Kvec", "Bvec", "FolioQueue", "Xarray", "Pipe", "Discard"];

        IEnumerable<ISymbol> members = types.SelectMany(type => Find(type)!.GetMembers())
            .Where(member => member is { DeclaredAccessibility: Accessibility.Public } and IMethodSymbol && verbs.Contains(member.Name));

        Assert.All(members, member => Assert.True(table.Find(member) is not null, $"{member.ToDisplayString()} has no contract"));
    }

    [Fact]
    public void Modes_have_the_values_of_the_library()
    {
        ProtocolTable table = new();

        Assert.Equal(Holding.HeldNone, table.ModeOf(Constant("BufferLifetime.ExtractMode", "None")));
        Assert.Equal(Holding.HeldGet, table.ModeOf(Constant("BufferLifetime.ExtractMode", "Get")));
        Assert.Equal(Holding.HeldPin, table.ModeOf(Constant("BufferLifetime.ExtractMode", "Pin")));
        Assert.Equal(3, Constants("BufferLifetime.ExtractMode").Count());
        Assert.Equal(Holding.Nothing, table.ModeOf((byte)3));
        Assert.Equal(Holding.Nothing, table.ModeOf("Pin"));
        Assert.Equal(Holding.Nothing, table.ModeOf(null));
    }

    [Fact]
    public void Directions_have_the_values_of_the_library()
    {
        ProtocolTable table = new();

        Assert.Equal(Flowing.Destination, table.DirectionOf(Constant("BufferLifetime.TransferDirection", "Destination")));
        Assert.Equal(Flowing.Source, table.DirectionOf(Constant("BufferLifetime.TransferDirection", "Source")));
        Assert.Equal(2, Constants("BufferLifetime.TransferDirection").Count());
        Assert.Equal(Flowing.Unknown, table.DirectionOf((byte)2));
        Assert.Equal(Flowing.Unknown, table.DirectionOf(null));
    }

    [Fact]
    public void Flag_that_asks_for_references_is_the_librarys()
    {
        ProtocolTable table = new();

        Assert.All(Constants("BufferLifetime.ExtractFlags"), flag => Assert.Equal(flag.Name == "GetForSource", table.AsksForReferences(flag.ConstantValue)));
        Assert.True(table.AsksForReferences((int)Constant("BufferLifetime.ExtractFlags", "GetForSource") | (int)Constant("BufferLifetime.ExtractFlags", "PerPage")));
        Assert.False(table.AsksForReferences(null));
    }

    [Theory]
    [InlineData("System.Threading.Tasks.Task", true)]
    [InlineData("System.Threading.Tasks.Task`1", true)]
    [InlineData("System.Threading.Tasks.ValueTask", true)]
    [InlineData("System.Threading.Tasks.ValueTask`1", true)]
    [InlineData("System.Threading.Tasks.TaskScheduler", false)]
    [InlineData("System.Object", false)]
    public void Tasks_are_known(string type, bool isTask) => Assert.Equal(isTask, new ProtocolTable().IsTask(Find(type)));

    [Theory]
    [InlineData("System.Span`1+Enumerator", "Current")]
    [InlineData("System.ReadOnlySpan`1", "Item")]
    [InlineData("System.Memory`1", "op_Implicit")]
    [InlineData("System.Span`1", ".ctor")]
    public void Members_of_every_sort_of_name_are_found(string type, string member)
    {
        ProtocolTable table = new();

        Assert.Contains(ProtocolTable.AllRows(), row => row.Type == type && row.Member == member);
        Assert.Contains(MembersOf(type, member), found => table.Find(found) is not null);
    }

    [Fact]
    public void Member_of_the_same_name_of_another_type_has_no_contract()
    {
        Compilation compilation = new AnalyzerHarness().Compile("""
            namespace BufferLifetime.Other { public struct IovIter { public int ExtractPages() => 0; } }
            public struct IovIter { public int ExtractPages() => 0; }
            public class Outer { public struct IovIter { public int ExtractPages() => 0; } }
            """);
        ProtocolTable table = new();
        foreach (string type in new[] { "BufferLifetime.Other.IovIter", "IovIter", "Outer+IovIter" })
            Assert.Null(table.Find(compilation.GetTypeByMetadataName(type)!.GetMembers("ExtractPages").Single()));
    }

    private static INamedTypeSymbol? Find(string type) => Real.GetTypesByMetadataName(type) switch
    {
        [var only] => only,
        var several => several.FirstOrDefault(found => found.DeclaredAccessibility == Accessibility.Public),
    };

    private static ImmutableArray<ISymbol> MembersOf(string type, string member) =>
        Find(type) is not { } found ? []
        : member == "Item" ? [.. found.GetMembers().OfType<IPropertySymbol>().Where(property => property.IsIndexer)]
        : [.. found.GetMembers(member), .. found.AllInterfaces.SelectMany(declared => declared.GetMembers(member)).Where(_ => found.TypeKind == TypeKind.Interface)];

    private static bool IsThere(Slot slot, ISymbol member) => slot.Kind switch
    {
        SlotKind.Argument => slot.Index < (member as IMethodSymbol)?.Parameters.Length || slot.Index < (member as IPropertySymbol)?.Parameters.Length,
        SlotKind.Receiver => !member.IsStatic,
        _ => member is IPropertySymbol or IMethodSymbol { ReturnsVoid: false } or IMethodSymbol { MethodKind: MethodKind.Constructor },
    };

    private static IEnumerable<IFieldSymbol> Constants(string type) => Find(type)!.GetMembers().OfType<IFieldSymbol>().Where(field => field.HasConstantValue);

    private static object Constant(string type, string name) => Constants(type).Single(field => field.Name == name).ConstantValue!;
}
